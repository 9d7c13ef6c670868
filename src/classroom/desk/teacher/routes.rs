//! Which address is which page.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::json;

use super::TeacherSite;
use super::pages::PageError;
use super::refused_form::PageVisit;
use crate::classroom::desk::board;
use crate::classroom::desk::class_store::ClassStore;
use crate::classroom::desk::server::{DeskAnswer, DeskRequest};

impl TeacherSite {
    /// Answers a request that reads.
    pub(super) fn read(
        &self,
        path: &[&str],
        request: &DeskRequest,
        visit: PageVisit<'_>,
    ) -> Result<DeskAnswer, PageError> {
        match path {
            [] | ["classes"] => Ok(self.class_list(visit)),
            ["class", number, rest @ ..] => {
                let class = self.class_of(number)?;
                match rest {
                    [] => Ok(self.board_page(&class, visit)),
                    ["board.json"] => Ok(self.board_json(&class)),
                    ["roster"] => Ok(self.roster_page(&class, visit)),
                    ["slips"] => Ok(self.slips_page(&class, visit)),
                    ["join"] => Ok(self.join_page(&class, visit)),
                    ["lead"] => Ok(self.lead_page(&class, visit)),
                    ["ask"] => Ok(self.ask_page(&class, visit)),
                    ["marks"] => Ok(self.marks_page(&class, visit)),
                    ["marks.csv"] => Ok(self.marks_file(&class, &request.query)),
                    ["settings"] => Ok(self.settings_page(&class, visit)),
                    ["reports.zip"] => self.reports(&class),
                    ["export.json"] => self.export_class(&class),
                    ["student", student] => self.student_page(&class, student, visit),
                    ["student", student, "export.json"] => self.export_student(&class, student),
                    _ => Err(PageError::NotFound),
                }
            }
            _ => Err(PageError::NotFound),
        }
    }

    /// The class of a number in an address.
    pub(super) fn class_of(&self, number: &str) -> Result<Arc<ClassStore>, PageError> {
        let number = number.parse().ok();
        let class = number.and_then(|number| self.desk.class(number));
        class.ok_or(PageError::NotFound)
    }

    fn class_list(&self, visit: PageVisit<'_>) -> DeskAnswer {
        let now = self.desk.now();
        let classes: Vec<_> = self
            .desk
            .classes()
            .iter()
            .map(|class| class.records())
            .collect();
        let classes: Vec<_> = classes
            .iter()
            .map(|records| {
                let class = &records.class;
                json!({
                    "number": class.number, "name": class.name, "code": class.code,
                    "is_open": class.is_open, "has_ended": class.ended.is_some(),
                    "students": records.students.len(),
                    "deleted_in": class.ended.map(|_| {
                        crate::web::visible_time::span(class.deleted_at().since(now))
                    }),
                })
            })
            .collect();
        let page = json!({ "classes": classes });
        self.page("classes", "Your classes", visit, None, page)
    }

    fn board_json(&self, class: &ClassStore) -> DeskAnswer {
        let records = class.records();
        let (library, now) = (self.desk.library(), self.desk.now());
        let board = board::of_class(&records.class, records.all(), library, now);
        DeskAnswer::json(StatusCode::OK, &board)
    }

    /// The board without names, for anyone who has its address.
    pub(super) fn projector(&self, path: &str) -> Result<DeskAnswer, PageError> {
        let key = path.trim_start_matches("/projector/");
        let (key, wants_json) = match key.strip_suffix(".json") {
            Some(key) => (key, true),
            None => (key, false),
        };
        let mut classes = self.desk.classes().into_iter().map(|class| class.records());
        let found = classes.find(|records| {
            let right = records.class.projector.as_bytes();
            subtle::ConstantTimeEq::ct_eq(right, key.as_bytes()).into()
        });
        let records = found.ok_or(PageError::NotFound)?;
        let (library, now) = (self.desk.library(), self.desk.now());
        let board = board::of_class(&records.class, records.all(), library, now);
        let board = board::without_names(board);
        if wants_json {
            return Ok(DeskAnswer::json(StatusCode::OK, &board));
        }
        let page = json!({
            "board": board, "live": format!("/projector/{key}.json"), "name": records.class.name,
            "message": records.class.leads.message,
        });
        let title = "The class at a glance";
        Ok(self.render(StatusCode::OK, "projector", title, page))
    }
}
