//! Applications of other people's frameworks, set up as their documentation says. What the audit must
//! find in each was written down first, with its reason.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// One application and what the audit must find: every flaw and every note, in the order of the checks.
struct Expected {
    name: &'static str,
    /// The program and its arguments before the port.
    start: &'static [&'static str],
    password: &'static str,
    /// `bob` is a second account, where there is one.
    second: bool,
    framework: &'static str,
    flaws: &'static [&'static str],
    notes: &'static [&'static str],
}

/// The session is the cookie, its key is a word of the list, and other pages can send the sign-in.
const FLAWS_OF_A_CLIENT_SESSION: &[&str] = &[
    "sign-out",
    "no-store",
    "framing",
    "login-csrf",
    "client-state",
    "signing-key",
    "throttle",
];

/// What none of them has by itself: https, a prefix, and a policy for scripts. All of them take one of
/// two cookies. Most send no SameSite.
const NOTES_WITHOUT_SAME_SITE: &[&str] = &[
    "secure",
    "same-site",
    "host-prefix",
    "duplicate-cookies",
    "csp",
];

/// The same where the sign-out is a link.
const NOTES_WITH_A_LINK: &[&str] = &[
    "secure",
    "same-site",
    "host-prefix",
    "duplicate-cookies",
    "csp",
    "sign-out-by-link",
];

/// The same where the cookie has SameSite and is kept for days.
const NOTES_OF_A_KEPT_COOKIE: &[&str] = &[
    "secure",
    "host-prefix",
    "persistence",
    "duplicate-cookies",
    "csp",
];

const EXPECTED: [Expected; 6] = [
    // The session is the cookie: its copy survives the sign-out, anyone reads it, and its key is a word.
    // Flask sends neither no-store nor a header against frames, and checks no form by itself.
    Expected {
        name: "Flask",
        start: &["python", "flask_app.py", "cookie"],
        password: "wonderland",
        second: true,
        framework: "flask",
        flaws: FLAWS_OF_A_CLIENT_SESSION,
        notes: NOTES_WITH_A_LINK,
    },
    // The session is on the server, so the sign-out ends it. Its cookie is kept for 31 days.
    Expected {
        name: "Flask-Session",
        start: &["python", "flask_app.py", "server"],
        password: "wonderland",
        second: true,
        framework: "flask",
        flaws: &[
            "persistence",
            "no-store",
            "framing",
            "login-csrf",
            "throttle",
        ],
        notes: NOTES_WITH_A_LINK,
    },
    // As Flask's: the session is the cookie.
    Expected {
        name: "cookie-session",
        start: &["node", "express_app.js", "cookie"],
        password: "wonderland",
        second: true,
        framework: "express",
        flaws: FLAWS_OF_A_CLIENT_SESSION,
        notes: NOTES_WITHOUT_SAME_SITE,
    },
    // A visitor has a session before the sign-in, and the application does not call regenerate().
    Expected {
        name: "express-session",
        start: &["node", "express_app.js", "server"],
        password: "wonderland",
        second: true,
        framework: "express",
        flaws: &["rotation", "no-store", "framing", "login-csrf", "throttle"],
        notes: NOTES_WITHOUT_SAME_SITE,
    },
    // The session is the cookie, with SameSite=Lax and for 14 days. Its sign-in reads JSON whatever the type
    // says, so a form of the type text/plain can send it.
    Expected {
        name: "Starlette",
        start: &["python", "starlette_app.py"],
        password: "wonderland",
        second: true,
        framework: "unknown",
        flaws: &[
            "sign-out",
            "no-store",
            "framing",
            "login-csrf",
            "client-state",
            "signing-key",
            "throttle",
        ],
        notes: &[
            "secure",
            "host-prefix",
            "persistence",
            "duplicate-cookies",
            "csp",
            "sign-out-by-link",
        ],
    },
    // The admin has everything but a limit on guesses. Its cookie is kept for 14 days.
    Expected {
        name: "Django",
        start: &["python", "manage.py", "runserver", "--noreload"],
        password: "wonderland-9",
        second: false,
        framework: "django",
        flaws: &["throttle"],
        notes: NOTES_OF_A_KEPT_COOKIE,
    },
];

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(folder: &Path, program: &str, words: &[&str]) {
    let mut command = Command::new(program);
    command.args(words).current_dir(folder);
    command.env("DJANGO_SUPERUSER_PASSWORD", "wonderland-9");
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {words:?}: {said}");
}

/// A folder with the applications, and with what they need from PyPI and npm.
fn prepared(folder: &Path) -> PathBuf {
    let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/attacks/audit/apps");
    for file in ["flask_app.py", "starlette_app.py", "express_app.js"] {
        std::fs::copy(apps.join(file), folder.join(file)).expect("a copy");
    }
    run(folder, "python3", &["-m", "venv", "venv"]);
    let python = folder.join("venv/bin/python");
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "flask",
        "flask-session",
        "cachelib",
        "django",
        "starlette",
        "itsdangerous",
        "uvicorn",
    ];
    let program = python.to_str().expect("a name").to_owned();
    run(folder, &program, &pip);
    std::fs::write(folder.join("package.json"), "{\"private\":true}").expect("a file");
    run(
        folder,
        "npm",
        &[
            "install",
            "--silent",
            "express",
            "express-session",
            "cookie-session",
        ],
    );
    run(
        folder,
        &program,
        &["-m", "django", "startproject", "site1", "."],
    );
    run(folder, &program, &["manage.py", "migrate", "-v0"]);
    let user = [
        "manage.py",
        "createsuperuser",
        "--noinput",
        "--username",
        "alice",
        "--email",
        "a@app.test",
    ];
    run(folder, &program, &user);
    python
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// What `tests/run long` adds.
mod long {
    use serde_json::Value;

    use super::*;
    use crate::cli::shell::Shell;
    use crate::support::{PATIENCE, POLL};

    #[test]
    #[ignore = "long: minutes; installs Flask, Django, Starlette and Express from PyPI and npm"]
    fn what_was_written_down_of_each_framework_is_found_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let python = prepared(folder.path());
        let mut mistakes = Vec::new();
        for expected in &EXPECTED {
            let report = audited(folder.path(), &python, expected);
            let named = |kind: &str| -> Vec<String> {
                let findings = report["findings"].as_array().expect("a list").iter();
                let of_kind = findings.filter(|one| one["verdict"]["kind"] == kind);
                of_kind
                    .map(|one| one["check"].as_str().expect("a name").to_owned())
                    .collect()
            };
            let (flaws, notes) = (named("flaw"), named("note"));
            if flaws != expected.flaws || notes != expected.notes {
                mistakes.push(format!(
                    "{}: flaws {flaws:?}, notes {notes:?}",
                    expected.name
                ));
            }
            assert_eq!(report["framework"], expected.framework, "{}", expected.name);
        }
        assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
    }

    fn audited(folder: &Path, python: &Path, expected: &Expected) -> Value {
        let port = free_port().to_string();
        let program = match expected.start[0] {
            "python" => python.to_path_buf(),
            other => PathBuf::from(other),
        };
        let mut command = Command::new(program);
        command
            .args(&expected.start[1..])
            .arg(&port)
            .current_dir(folder);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let _running = Running(command.spawn().expect("it starts"));
        let begun = std::time::Instant::now();
        while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            assert!(
                begun.elapsed() < PATIENCE,
                "{} does not answer",
                expected.name
            );
            std::thread::sleep(POLL);
        }
        let shell = Shell::new();
        let account =
            |user: &str| format!("[[account]]\nuser = \"{user}\"\npassword-file = \"{user}\"\n");
        let second = if expected.second {
            account("bob")
        } else {
            String::new()
        };
        let recipe = format!(
            "base = \"http://localhost:{port}\"\nmine = true\n{}{second}",
            account("alice")
        );
        shell.write("audit.toml", &recipe);
        shell.write("alice", expected.password);
        shell.write("bob", "builderbob");
        let ended = shell.run(&["audit", "--format", "json"]);
        assert_eq!(ended.code, Some(1), "{}: {ended:?}", expected.name);
        serde_json::from_str(&ended.stdout).expect("JSON")
    }
}
