//! Walks through a sheet as a student does: types its commands, does its steps, answers its questions.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use session_lab::base::addresses::{Addresses, Listener};
use session_lab::base::bench_name::BenchName;
use session_lab::base::keys::ServerKey;
use session_lab::client::HttpExchange;
use session_lab::defences::policy::Policy;
use session_lab::session::bench::WORKSHEETS_LABEL;
use session_lab::worksheets::audience::SheetAudience;
use session_lab::worksheets::codes::Codes;
use session_lab::worksheets::console;
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::placeholders::PlaceholderValues;
use session_lab::worksheets::sheet::{Question, QuestionKind, Sheet, SheetBlock, SheetStep};
use session_lab::worksheets::values::{self, rule::ValueRule};
use tempfile::TempDir;

use super::bash::Bash;
use crate::app::class_lab::{ClassBench, ClassLab, KEYS, STUDENT};
use crate::app::program::{Program, Visitor};
use crate::classroom::fake_desk::FakeDesk;
use crate::support::redis::RedisServer;

/// A fresh lab for one sheet, and the bash that its commands are typed into.
pub struct Walk {
    pub sheet: Arc<Sheet>,
    pub lab: Program,
    pub values: PlaceholderValues,
    pub bash: Bash,
    bench: BenchName,
    /// What the student's browser holds: in a class the key of the bench.
    keys: Vec<(String, String)>,
    folder: TempDir,
    later_folders: Vec<TempDir>,
    /// The store of a sheet about one.
    _redis: Option<RedisServer>,
}

impl Drop for Walk {
    fn drop(&mut self) {
        self.end_second_lab();
    }
}

/// What is between two steps.
#[derive(Default)]
struct Stretch<'s> {
    blocks: Vec<(usize, &'s str)>,
}

/// The values of the placeholders, by the addresses that the lab itself reports.
async fn values_of(lab: &Program, bench: &BenchName) -> PlaceholderValues {
    let reported = lab.visitor("lab", "").get("/addresses").await.body;
    let addresses = Addresses::from_ports(&serde_json::from_str(&reported).expect("ports"));
    PlaceholderValues::new(&addresses, Path::new("lab-data"), bench, Policy::INSECURE)
}

/// The sheet of that number as it is on a bench of a lab with this folder, which has its key.
fn sheet_of(number: &str, data: &Path, bench: &BenchName) -> Arc<Sheet> {
    let key = ServerKey::load(data, None).expect("the lab's key");
    drawn_sheet(SheetAudience::OwnLab, number, &key, bench)
}

/// The sheet of that number as these readers have it, with the values that a lab draws for a bench.
fn drawn_sheet(
    audience: SheetAudience,
    number: &str,
    key: &ServerKey,
    bench: &BenchName,
) -> Arc<Sheet> {
    let key = key.derive(WORKSHEETS_LABEL);
    let draw = |sheet: &str, rule: &ValueRule| {
        values::of_lab(Codes::new(&key), bench.as_str(), sheet, rule)
    };
    let library = SheetLibrary::built_in_for(audience).with_values(draw);
    library.find(number).expect("a sheet").clone()
}

/// The sheet of that number, with the values of paper.
pub fn sheet(number: &str) -> Arc<Sheet> {
    let library = SheetLibrary::built_in();
    let found = library.find(number).cloned();
    found.unwrap_or_else(|| panic!("no sheet {number}"))
}

impl Walk {
    /// A fresh lab in an empty folder, with the sheet's page opened.
    pub async fn begin(number: &str) -> Self {
        Self::begin_on(number, None).await
    }

    /// The same with its sessions in a Redis, whose port the sheet's bash knows.
    pub async fn begin_on(number: &str, redis: Option<RedisServer>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("lab-data");
        std::fs::create_dir(&data).expect("a data folder");
        let url = redis.as_ref().map(RedisServer::url);
        let lab = match &url {
            Some(url) => Program::start_with(&data, &["--sessions", url.as_str()]),
            None => Program::start(&data),
        };
        let bench = BenchName::local();
        let mut walk = Self {
            sheet: sheet_of(number, &data, &bench),
            values: values_of(&lab, &bench).await,
            lab,
            bash: Bash::start(folder.path()),
            bench,
            keys: Vec::new(),
            folder,
            later_folders: Vec::new(),
            _redis: redis,
        };
        if let Some(redis) = &walk._redis {
            walk.bash.run(&format!("export REDIS_PORT={}", redis.port));
        }
        let page = walk.student().get(&walk.path("")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        walk
    }

    /// A lab for a class on this computer, as a student reads and types the sheet on another one: by the
    /// class's names, on a bench, in an empty folder, from another address.
    pub async fn begin_in_class(number: &str, redis: Option<RedisServer>) -> Self {
        let server = tempfile::tempdir().expect("a folder");
        let store = redis.as_ref().map_or("file".into(), RedisServer::url);
        let lab = ClassLab::start_with(server.path(), &["--sessions", &store]);
        let folder = tempfile::tempdir().expect("a folder");
        let ClassBench { name: bench, key } = ClassBench::join(&lab).await;
        let drawn_with = ServerKey::load(server.path(), Some(KEYS[0].1)).expect("the given key");
        let mut walk = Self {
            sheet: drawn_sheet(SheetAudience::Class, number, &drawn_with, &bench),
            values: values_of(&lab, &bench).await,
            lab,
            bash: Bash::start(folder.path()),
            bench,
            keys: vec![key],
            folder,
            later_folders: vec![server],
            _redis: redis,
        };
        // What the DNS of the class would do, for every name that is not a number.
        let curl_home = walk.folder.path().join("curl-home");
        std::fs::create_dir(&curl_home).expect("a folder");
        let every_name = format!("connect-to = \"::{STUDENT}:\"\ninterface = \"{STUDENT}\"\n");
        std::fs::write(curl_home.join(".curlrc"), every_name).expect("a file");
        walk.bash
            .run(&format!("export CURL_HOME='{}'", curl_home.display()));
        walk.add_terminal().await;
        let page = walk.student().get(&walk.path("")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        walk
    }

    /// A fresh lab whose student has joined a class and got these values there.
    pub async fn begin_with(number: &str, drawn: impl Fn(&ValueRule) -> String) -> Self {
        let mut walk = Self::begin(number).await;
        let library = SheetLibrary::built_in();
        let of_sheet = |sheet: &Arc<Sheet>| {
            let values = sheet.values.iter().map(|(rule, _)| rule);
            let values = values.map(|rule| (rule.name().to_owned(), drawn(rule)));
            (sheet.slug.clone(), values.collect())
        };
        let desk = FakeDesk::start().await;
        desk.state().values = library.sheets().iter().map(of_sheet).collect();
        let link = desk.link();
        walk.post("/class/join", &[("link", &link), ("name", "Ada")])
            .await;
        let library = library.with_values(|_, rule| Some(drawn(rule)));
        walk.sheet = library.find(number).expect("a sheet").clone();
        walk
    }

    /// Types what the page *Your bench* shows for a terminal: the certificate, and a key of the bench.
    async fn add_terminal(&mut self) {
        let page = self.try_post("/bench/link", &[("for", "terminal")]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let body = page.body.replace("&#39;", "'");
        let (_, block) = body
            .split_once("<pre class=\"wrap\"><code>")
            .expect("lines");
        let (lines, _) = block.split_once("</code>").expect("their end");
        for line in lines.lines() {
            let typed = self.bash.run(line);
            assert_eq!(typed.status, 0, "{line}: {}", typed.text);
        }
        assert!(self.folder.path().join("lab.jar").exists(), "{lines}");
    }

    /// Goes on with another sheet on the same bench, which is reset, in an empty folder with a bash.
    pub async fn go_on_with(&mut self, number: &str) {
        self.post("/reset", &[]).await;
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(self.data(), folder.path().join("lab-data")).expect("a link");
        self.bash = Bash::start(folder.path());
        self.sheet = sheet_of(number, &self.data(), &self.bench);
        self.later_folders.push(folder);
    }

    /// The sheet about a store starts a second lab and ends it. Where the walk ends before, it is
    /// ended here.
    fn end_second_lab(&self) {
        if let Ok(id) = std::fs::read_to_string(self.folder.path().join("second.pid")) {
            let _ = Command::new("kill").arg(id.trim()).status();
        }
    }

    pub fn student(&self) -> Visitor {
        let visitor = self.lab.visitor("lab", &self.bench.prefix());
        visitor.holding(&self.keys)
    }

    pub fn path(&self, page: &str) -> String {
        format!("/labs/{}{page}", self.sheet.slug)
    }

    /// The state of the steps, as the page polls it.
    pub async fn live(&self) -> Value {
        let reply = self.student().get(&self.path("/live")).await;
        serde_json::from_str(&reply.body).expect("JSON")
    }

    async fn step_now(&self, id: &str) -> Value {
        let live = self.live().await;
        let mut steps = live["steps"].as_array().expect("a list").iter();
        steps
            .find(|step| step["id"] == id)
            .expect("the step")
            .clone()
    }

    async fn must_be(&self, step: &SheetStep, solved: bool, when: &str) {
        let now = self.step_now(&step.common.id).await;
        let at = format!("{}: step {} {when}", self.sheet.slug, step.common.id);
        assert_eq!(now["solved"], solved, "{at}: {now}\n{}", self.journal());
        if !solved {
            let says = now["messages"][0].as_str().unwrap_or_default();
            assert!(!says.is_empty(), "{at} says nothing");
        }
    }

    /// The journal's file, for a step that is not as it should be.
    fn journal(&self) -> String {
        let folder = match self.bench.is_local() {
            true => self.data(),
            false => self.later_folders[0].path().to_owned(),
        };
        let file = folder.join(format!("journal/{}.jsonl", self.bench));
        std::fs::read_to_string(file).unwrap_or_default()
    }

    /// Types the commands, does every step, and sees each unsolved before and solved after.
    pub async fn do_steps(&mut self) {
        let sheet = self.sheet.clone();
        let mut stretch = Stretch::default();
        for part in &sheet.parts {
            match &part.what {
                SheetBlock::Console(console) if !console.browser => {
                    stretch.blocks.push((part.line, &console.text));
                }
                SheetBlock::Step(step) => {
                    self.do_step(step, &stretch).await;
                    stretch = Stretch::default();
                }
                _ => {}
            }
        }
        self.type_blocks(&stretch);
    }

    /// Does every step rightly at once, as a student does who follows the sheet. Returns what the sheet
    /// says on the way that it should not: a step that took more than one attempt, one that tells of
    /// attempts before it is done, one that is done too early or not at all.
    pub async fn do_steps_rightly_at_once(&mut self) -> Vec<String> {
        let sheet = self.sheet.clone();
        let mut done = Vec::new();
        let mut wrong = self.what_is_wrong(&done).await;
        let mut stretch = Stretch::default();
        for part in &sheet.parts {
            match &part.what {
                SheetBlock::Console(console) if !console.browser => {
                    stretch.blocks.push((part.line, &console.text));
                }
                SheetBlock::Step(step) => {
                    self.type_blocks(&std::mem::take(&mut stretch));
                    if let Some(run) = &step.proof.run {
                        self.imitate(run);
                    }
                    done.push(step.common.id.clone());
                    wrong.extend(self.what_is_wrong(&done).await);
                }
                _ => {}
            }
        }
        self.type_blocks(&stretch);
        wrong.extend(self.what_is_wrong(&done).await);
        wrong
    }

    /// The steps that tell something else than that these took one attempt each, and no other was tried.
    async fn what_is_wrong(&self, done: &[String]) -> Vec<String> {
        let live = self.live().await;
        let steps = live["steps"].as_array().expect("a list").iter();
        let is_wrong = |step: &&Value| {
            let is_done = done.iter().any(|done| step["id"] == done.as_str());
            let says = step["messages"][0].as_str().unwrap_or_default();
            // Another sheet on the same bench may have done it before.
            let is_early =
                self.bench.is_local() && !self.later_folders.is_empty() && step["solved"] == true;
            let is_done = is_done || is_early;
            let expected = step["solved"] == is_done && step["attempts"] == usize::from(is_done);
            !expected || (!is_done && says.contains("did not count"))
        };
        let wrong = steps.filter(is_wrong);
        wrong
            .map(|step| format!("after {:?}: {step}", done.last()))
            .collect()
    }

    async fn do_step(&mut self, step: &SheetStep, stretch: &Stretch<'_>) {
        self.must_be(step, false, "before anything was done for it")
            .await;
        let (run, wrong) = (step.proof.run.clone(), step.proof.wrong.clone());
        if run.is_some() {
            self.type_blocks(stretch);
        }
        if let Some(wrong) = wrong {
            self.imitate(&wrong);
            self.must_be(step, false, "after an attempt that must not count")
                .await;
        }
        match run {
            Some(run) => {
                self.must_be(step, false, "before the browser's part").await;
                self.imitate(&run);
            }
            None => self.type_blocks(stretch),
        }
        self.must_be(step, true, "after it was done").await;
    }

    fn imitate(&mut self, command: &str) {
        let command = self.values.fill(command);
        self.bash.run(&command);
    }

    fn type_blocks(&mut self, stretch: &Stretch<'_>) {
        for (line, text) in &stretch.blocks {
            let commands = console::commands(&self.values.fill(text)).expect("commands");
            for shown in commands {
                let at = format!("{}.md:{}", self.sheet.slug, line + 1 + shown.line);
                let named = |name: &str| shown.command.contains(name);
                let here = named("localhost") || named("127.0.0.1");
                assert!(self.bench.is_local() || !here, "{at}: {}", shown.command);
                let printed = self.bash.run(&shown.command);
                assert_eq!(printed.status, shown.status, "{at}: {}", printed.text);
                let expected: String = shown
                    .prints
                    .iter()
                    .map(|line| format!("{line}\n"))
                    .collect();
                let compared =
                    snapbox::Assert::new().try_eq(Some(&at), printed.text.into(), expected.into());
                if let Err(error) = compared {
                    panic!("{at}: $ {}\n{error}", shown.command);
                }
            }
        }
    }

    /// Gives the teacher's answer to every question and a text to every reflection.
    pub async fn answer(&self) {
        let sheet = &self.sheet;
        for question in sheet.questions() {
            let answers = right_answer(question);
            let mut fields = vec![("id", question.common.id.as_str())];
            fields.extend(answers.iter().map(|answer| ("answer", answer.as_str())));
            self.answer_one(&fields).await;
        }
        for reflection in sheet.reflections() {
            let id = reflection.common.id.as_str();
            self.answer_one(&[("id", id), ("answer", "Because it is so.")])
                .await;
        }
    }

    async fn answer_one(&self, fields: &[(&str, &str)]) {
        self.post(&self.path("/answer"), fields).await;
    }

    /// Sends a form of the lab's own pages, which must be taken.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) {
        let reply = self.try_post(path, fields).await;
        assert_eq!(reply.status, 303, "{path}: {fields:?}: {}", reply.body);
    }

    /// Sends a form of the lab's own pages.
    pub async fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> HttpExchange {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let body = form.extend_pairs(fields).finish();
        self.send(path, "application/x-www-form-urlencoded", body)
            .await
    }

    /// Takes a file of progress back, as the page's form does.
    pub async fn upload(&self, file: &str) -> HttpExchange {
        let body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"progress\"; filename=\"p.json\"\r\n\
             Content-Type: application/json\r\n\r\n{file}\r\n--edge--\r\n"
        );
        let path = "/labs/progress";
        self.send(path, "multipart/form-data; boundary=edge", body)
            .await
    }

    async fn send(&self, path: &str, kind: &str, body: String) -> HttpExchange {
        let origin = self.student().origin();
        let headers = [("origin", origin.as_str()), ("content-type", kind)];
        self.student().send("POST", path, &headers, body).await
    }

    /// The lab's data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("lab-data")
    }

    /// Stops the lab and starts it again on the same folder; its ports are others then.
    pub fn restart(&mut self) {
        self.lab.signal("TERM");
        self.lab.wait();
        self.lab = Program::start(&self.data());
        let port = self.lab.port("lab");
        let addresses = Addresses::new("localhost".into(), "127.0.0.1".into());
        addresses.learn(Listener::Lab, port);
        let bench = BenchName::local();
        self.values =
            PlaceholderValues::new(&addresses, Path::new("lab-data"), &bench, Policy::INSECURE);
    }
}

/// The teacher's answer, as the fields that a form sends.
pub fn right_answer(question: &Question) -> Vec<String> {
    match &question.kind {
        QuestionKind::Choice(options) | QuestionKind::Prediction { options, .. } => {
            let right = options
                .iter()
                .enumerate()
                .filter(|(_, option)| option.right);
            let mut right: Vec<_> = right.map(|(at, _)| at.to_string()).collect();
            if matches!(question.kind, QuestionKind::Prediction { .. }) {
                right.truncate(1);
            }
            right
        }
        QuestionKind::Text { accept, .. } => vec![accept[0].clone()],
        QuestionKind::Number { equals, .. } => vec![equals.to_string()],
    }
}
