//! `/class` as its template shows it.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::super::worksheets;
use crate::base::clock::BenchTime;
use crate::classroom::member::class_members::{ClassMembers, ReachableDesks};
use crate::classroom::member::live_member::MemberTrouble;
use crate::classroom::member::record::{MemberStage, MembershipRecord};
use crate::classroom::protocol::Asked;
use crate::lab::Lessons;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::{date_and_time, span, time_of_day};
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::markdown::{to_inline_html, to_text};
use crate::worksheets::placeholders::PlaceholderValues;
use crate::worksheets::progress_tracker;
use crate::worksheets::sheet::{Question, QuestionKind, Sheet};
use crate::worksheets::survey::wall_time;

/// The whole page.
#[derive(Serialize)]
pub(super) struct ClassPage {
    situation: Situation,
    /// Whether this lab joins desks on the network, one in this process, or none.
    joins: &'static str,
    fields: JoinFields,
    /// The fingerprint that the student compares before anything is sent.
    pub compare: Option<Comparison>,
    /// Why joining did not work.
    pub error: Option<NotJoined>,
    done: Option<&'static str>,
    stamp: String,
}

/// A fingerprint to be compared with the projector.
#[derive(Serialize)]
pub(super) struct Comparison {
    pub by_eye: String,
    pub whole: String,
}

/// Why joining did not work.
#[derive(Serialize)]
pub(super) struct NotJoined {
    pub says: String,
    /// The names of the fields that are to be looked at, the first one first.
    pub fields: Vec<&'static str>,
}

/// What was typed into the form. The PIN and the secret are typed again after an error.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct JoinFields {
    pub link: String,
    pub address: String,
    pub code: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub slip: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub secret: String,
}

/// Where the bench is with a class.
#[derive(Serialize)]
pub(super) struct Situation {
    /// The class that is joined or waited for.
    pub member: Option<MemberView>,
    /// What there was before: asked, dismissed or left.
    before: Option<BeforeView>,
}

/// A class that the bench was in, or asked for.
#[derive(Serialize)]
struct BeforeView {
    kind: &'static str,
    class: String,
    name: String,
    code: String,
    says: String,
}

/// A member, or somebody who waits.
#[derive(Serialize)]
pub(super) struct MemberView {
    class: String,
    name: String,
    student: u32,
    waits: bool,
    /// How it is with the desk, in a sentence.
    pub state: String,
    is_away: bool,
    hand_up: bool,
    message: Option<String>,
    now: Option<SheetLink>,
    closed: Vec<SheetLink>,
    deadlines: Vec<Deadline>,
    question: Option<PutToAllView>,
    reflections: Vec<ReflectionToHandIn>,
    remarks: Vec<RemarkView>,
    secret: String,
}

#[derive(Serialize)]
struct SheetLink {
    slug: String,
    heading: String,
}

#[derive(Serialize)]
struct Deadline {
    sheet: SheetLink,
    at: String,
    left: String,
}

/// The question that is put to all.
#[derive(Serialize)]
struct PutToAllView {
    number: u32,
    round: u8,
    ask: String,
    options: Vec<AskedOption>,
    voted: bool,
    /// How many voted, once it is shown.
    votes: Option<u32>,
}

#[derive(Serialize)]
struct AskedOption {
    at: usize,
    html: String,
    chosen: bool,
    votes: Option<u32>,
}

#[derive(Serialize)]
struct ReflectionToHandIn {
    sheet: SheetLink,
    id: String,
    ask: String,
    text: String,
    /// When it was handed in last.
    at: Option<String>,
    /// Whether it was changed since then.
    changed: bool,
}

#[derive(Serialize)]
struct RemarkView {
    sheet: SheetLink,
    comment: String,
    points: Option<u32>,
}

impl JoinFields {
    /// What is known before anything is typed: the link of `--join`, or the class of before.
    pub fn begun(members: &ClassMembers, situation: &Situation) -> Self {
        let before = situation.before.as_ref();
        Self {
            link: members.invitation().unwrap_or_default().to_owned(),
            name: before.map(|it| it.name.clone()).unwrap_or_default(),
            code: before.map(|it| it.code.clone()).unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl ClassPage {
    pub fn new(members: &ClassMembers, situation: Situation, fields: JoinFields) -> Self {
        Self {
            joins: match members.desks() {
                ReachableDesks::Anywhere => "anywhere",
                ReachableDesks::InProcess(_) => "here",
                ReachableDesks::Nowhere => "nowhere",
            },
            stamp: situation.stamp(),
            situation,
            fields,
            compare: None,
            error: None,
            done: None,
        }
    }

    /// The same with what was just done, and led here.
    pub fn done(mut self, done: Option<&str>) -> Self {
        let known = ["vote", "hand", "handed-in", "left", "left-unheard"];
        self.done = known.into_iter().find(|known| Some(*known) == done);
        self
    }
}

impl Situation {
    /// Where the request's bench is with a class.
    pub async fn of(
        context: &RequestContext,
        members: &ClassMembers,
        lessons: &Lessons,
    ) -> Result<Self, Problem> {
        let mut situation = Self {
            member: None,
            before: None,
        };
        let Some(record) = members.membership(&context.bench).await? else {
            return Ok(situation);
        };
        let says = match &record.stage {
            MemberStage::Dismissed(refused) => format!("{} {}", refused.says, refused.next),
            _ => String::new(),
        };
        let kind = match &record.stage {
            MemberStage::Waiting | MemberStage::Member => {
                let view = MemberView::of(context, members, lessons, record).await?;
                situation.member = Some(view);
                return Ok(situation);
            }
            MemberStage::Asked => "asked",
            MemberStage::Dismissed(_) => "dismissed",
            MemberStage::Left => "left",
        };
        situation.before = Some(BeforeView {
            kind,
            class: record.class,
            name: record.name,
            code: record.code,
            says,
        });
        Ok(situation)
    }

    /// Changes when the page would show something else, except for the sentence on the state.
    pub fn stamp(&self) -> String {
        let shown = self.member.as_ref().map(|member| {
            let sheets = |links: &[SheetLink]| {
                links
                    .iter()
                    .map(|link| link.slug.clone())
                    .collect::<Vec<_>>()
            };
            let due = member
                .deadlines
                .iter()
                .map(|due| (&due.sheet.slug, &due.at));
            let question = member.question.as_ref().map(|asked| {
                let votes = asked.options.iter().map(|option| option.votes);
                (asked.number, asked.round, votes.collect::<Vec<_>>())
            });
            let remarks = member.remarks.iter().map(|one| (&one.comment, one.points));
            serde_json::json!([
                member.waits,
                member.hand_up,
                member.message,
                member.now.as_ref().map(|link| &link.slug),
                sheets(&member.closed),
                due.collect::<Vec<_>>(),
                question,
                remarks.collect::<Vec<_>>(),
            ])
            .to_string()
        });
        let digest = Sha256::digest(shown.unwrap_or_default());
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

fn link(library: &SheetLibrary, slug: &str) -> Option<SheetLink> {
    let sheet = library.find(slug)?;
    Some(SheetLink {
        slug: sheet.slug.clone(),
        heading: sheet.heading(),
    })
}

impl MemberView {
    async fn of(
        context: &RequestContext,
        members: &ClassMembers,
        lessons: &Lessons,
        record: MembershipRecord,
    ) -> Result<Self, Problem> {
        let library = &lessons.library().of_bench(&context.bench);
        let values = worksheets::values(context, lessons);
        let trouble = members.trouble(&context.bench);
        let lead = &record.lead;
        let links = |slugs: &[String]| {
            let found = slugs.iter().filter_map(|slug| link(library, slug));
            found.collect::<Vec<_>>()
        };
        let deadlines = lead.deadlines.iter().filter_map(|(slug, at)| {
            Some(Deadline {
                sheet: link(library, slug)?,
                at: date_and_time(*at),
                left: left(*at, record.desk_ahead),
            })
        });
        let remarks = lead.remarks.iter().filter_map(|remark| {
            Some(RemarkView {
                sheet: link(library, &remark.sheet)?,
                comment: remark.comment.clone(),
                points: remark.points,
            })
        });
        let asked = lead.question.as_ref();
        Ok(Self {
            class: record.class.clone(),
            name: record.name.clone(),
            student: record.student,
            waits: record.stage == MemberStage::Waiting,
            is_away: trouble.is_some(),
            state: state(&record, trouble),
            hand_up: record.hand_up,
            message: lead.message.clone(),
            now: lead.now.as_ref().and_then(|slug| link(library, slug)),
            closed: links(&lead.closed),
            deadlines: deadlines.collect(),
            question: asked.and_then(|asked| question(library, &values, &record, asked)),
            reflections: reflections(context, library, &values, &record).await?,
            remarks: remarks.collect(),
            secret: record.secret.expose().to_owned(),
        })
    }
}

/// How it is with the desk, in a sentence.
fn state(record: &MembershipRecord, trouble: Option<(BenchTime, MemberTrouble)>) -> String {
    let pending = match record.outbox.pending() {
        0 => "Everything is reported.".to_owned(),
        1 => "1 report waits in this lab.".to_owned(),
        many => format!("{many} reports wait in this lab."),
    };
    match (trouble, &record.stage) {
        (Some((since, trouble)), _) => {
            let since = time_of_day(since);
            match trouble {
                MemberTrouble::Desk(why) => {
                    format!("Offline since {since} UTC. {why} {pending} Work on: nothing is lost.")
                }
                MemberTrouble::StoreIsFull => format!(
                    "The disk of this lab is full since {since} UTC, so nothing new is stored or reported. \
                     {trouble} {pending} Nothing that was stored is lost."
                ),
                MemberTrouble::StoreFails => format!(
                    "The store of this lab fails since {since} UTC, so nothing new is stored or reported. \
                     {trouble} {pending} Nothing that was stored is lost."
                ),
            }
        }
        (None, MemberStage::Waiting) => {
            "Waiting: the teacher has not approved your name yet. Nothing is reported until then."
                .to_owned()
        }
        (None, _) => format!("Member. {pending}"),
    }
}

/// The time that is left until a moment of the desk's clock.
fn left(at: BenchTime, desk_ahead: i64) -> String {
    let desk = i128::from(wall_time().millis()) + i128::from(desk_ahead);
    let desk = BenchTime::from_millis(u64::try_from(desk).unwrap_or_default());
    if desk >= at {
        return "over: what is done now counts as late".to_owned();
    }
    format!("{} left", span(at.since(desk)))
}

fn find_question<'s>(sheet: &'s Sheet, id: &str) -> Option<&'s Question> {
    sheet.questions().find(|question| question.common.id == id)
}

fn question(
    library: &SheetLibrary,
    values: &PlaceholderValues,
    record: &MembershipRecord,
    asked: &Asked,
) -> Option<PutToAllView> {
    let question = find_question(library.find(&asked.sheet)?, &asked.question)?;
    let (QuestionKind::Choice(options) | QuestionKind::Prediction { options, .. }) = &question.kind
    else {
        return None;
    };
    let given = record.voted.filter(|vote| vote.number == asked.number);
    let given = given.filter(|vote| vote.round == asked.round);
    let votes = |at: usize| asked.shown.as_ref()?.get(at).copied();
    let option = |(at, text): (usize, &String)| AskedOption {
        at,
        html: to_inline_html(&values.fill(text)),
        chosen: given.is_some_and(|vote| vote.option == at),
        votes: votes(at),
    };
    let texts = options.iter().map(|option| &option.text).enumerate();
    Some(PutToAllView {
        number: asked.number,
        round: asked.round,
        ask: to_inline_html(&values.fill(&question.ask)),
        options: texts.map(option).collect(),
        voted: given.is_some(),
        votes: asked.shown.as_ref().map(|shown| shown.iter().sum()),
    })
}

/// The reflections that are saved on this bench. One is handed in by its own button only.
async fn reflections(
    context: &RequestContext,
    library: &SheetLibrary,
    values: &PlaceholderValues,
    record: &MembershipRecord,
) -> Result<Vec<ReflectionToHandIn>, Problem> {
    let mut found = Vec::new();
    for (slug, progress) in progress_tracker::all(&context.bench, library).await? {
        let Some(sheet) = library.find(&slug) else {
            continue;
        };
        for reflection in sheet.reflections() {
            let id = &reflection.common.id;
            let given = progress.answers.get(id);
            let Some(given) = given.filter(|given| !given.answer.trim().is_empty()) else {
                continue;
            };
            let at = record.handed_in.get(&format!("{slug}#{id}"));
            found.extend(link(library, &slug).map(|sheet| ReflectionToHandIn {
                sheet,
                id: id.clone(),
                ask: to_text(&values.fill(&reflection.ask)),
                text: given.answer.clone(),
                at: at.copied().map(date_and_time),
                changed: at.is_some_and(|at| given.at > *at),
            }));
        }
    }
    Ok(found)
}
