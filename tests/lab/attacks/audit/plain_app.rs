//! A plain application: a form at `/login`, sessions on the server, a link to `/logout`. A test says in
//! what it differs.

use std::collections::BTreeMap;

use super::applications::accounts;
use super::small_app::{Asked, SmallApp, page};

type AnswersFirst = Box<dyn FnMut(&Asked, u64) -> Option<Vec<u8>> + Send>;
type Forgets = Box<dyn FnMut(&Asked) -> bool + Send>;
type AnswersFailure = Box<dyn FnMut(&str, u64) -> Vec<u8> + Send>;

/// In what an application differs from a sound one.
pub struct PlainApp {
    /// Answers first, where it answers; it also gets the number of the request, from 1.
    pub first: AnswersFirst,
    /// The answer to a failed sign-in with this name, with the number of the request.
    pub failure: AnswersFailure,
    /// After how many requests of others an unused session ends. The requests are the clock.
    pub idle: u64,
    /// After how many requests every session ends.
    pub absolute: u64,
    /// Whether all sessions are forgotten before this request is answered, as by a restart.
    pub forgets: Forgets,
    /// Whether the sign-out takes the cookie back only.
    pub stays_open: bool,
    /// Where the link to the sign-out leads.
    pub sign_out: &'static str,
    /// What the page with the form has beside the two fields.
    pub beside_the_fields: &'static str,
}

impl Default for PlainApp {
    fn default() -> Self {
        Self {
            first: Box::new(|_, _| None),
            failure: Box::new(|_, _| page("401 Unauthorized", "", "Wrong name or password.")),
            idle: u64::MAX,
            absolute: u64::MAX,
            forgets: Box::new(|_| false),
            stays_open: false,
            sign_out: "/logout",
            beside_the_fields: "",
        }
    }
}

struct PlainSession {
    user: String,
    begun: u64,
    used: u64,
}

impl PlainApp {
    pub fn start(mut self) -> SmallApp {
        let mut sessions: BTreeMap<String, PlainSession> = BTreeMap::new();
        let mut now = 0_u64;
        SmallApp::start(move |asked: &Asked| {
            now += 1;
            if let Some(answer) = (self.first)(asked, now) {
                return answer;
            }
            if (self.forgets)(asked) {
                sessions.clear();
            }
            let sent = asked.cookie("sid").unwrap_or_default().to_owned();
            sessions
                .retain(|_, one| now - one.used <= self.idle && now - one.begun <= self.absolute);
            let user = sessions.get_mut(&sent).map(|session| {
                session.used = now;
                session.user.clone()
            });
            match (&*asked.method, &*asked.path, user) {
                ("GET", "/", Some(user)) => page(
                    "200 OK",
                    "",
                    &format!(
                        "<h1>Hello {user}</h1><a href='{}'>Log out</a>",
                        self.sign_out.replace("{id}", &sent)
                    ),
                ),
                ("GET", "/", None) => page("200 OK", "", "<a href=/login>Log in</a>"),
                ("GET", "/login", _) => page(
                    "200 OK",
                    "",
                    &format!(
                        "<form method=post action=/login><input name=user>\
                         <input type=password name=secret>{}<button>Log in</button></form>",
                        self.beside_the_fields
                    ),
                ),
                ("POST", "/login", _) => {
                    let name = asked.field("user").unwrap_or_default();
                    let secret = asked.field("secret").unwrap_or_default();
                    let is_right = accounts()
                        .iter()
                        .any(|one| one.user == name && one.password == secret);
                    if !is_right {
                        return (self.failure)(&name, now);
                    }
                    // Not to be predicted from the one before.
                    let mixed =
                        u128::from(now).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
                    let id = format!("{:032x}", mixed ^ (mixed >> 61));
                    let (begun, used) = (now, now);
                    sessions.insert(
                        id.clone(),
                        PlainSession {
                            user: name,
                            begun,
                            used,
                        },
                    );
                    let set = format!("Set-Cookie: sid={id}; Path=/; HttpOnly; SameSite=Lax\r\n");
                    page("303 See Other", &format!("{set}Location: /\r\n"), "")
                }
                ("GET", path, _) if path == self.sign_out.replace("{id}", &sent) => {
                    if !self.stays_open {
                        sessions.remove(&sent);
                    }
                    page(
                        "303 See Other",
                        "Set-Cookie: sid=; Path=/; Max-Age=0\r\nLocation: /\r\n",
                        "",
                    )
                }
                _ => page("404 Not Found", "", "Nothing here."),
            }
        })
    }
}
