//! The passwords of an audit's accounts: from a file, from the environment, or asked for. A flag has
//! none, because every user of the machine can read a command line.

use std::env::VarError;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::could_not_run;
use crate::attacks::audit::plan::AuditAccount;
use crate::attacks::audit::recipe::AccountRecipe;
use crate::base::byte_order_mark;
use crate::base::encode;
use crate::base::start_error::StartError;
use crate::base::text_file;

/// The variable with the password of the first account that has no file.
const VARIABLE: &str = "SESSION_LAB_AUDIT_PASSWORD";

/// The accounts of a recipe with their passwords. Of those without a file only the first one can be in
/// the environment; the others are asked for.
pub(super) fn accounts(
    recipes: &[AccountRecipe],
    folder: &Path,
) -> Result<Vec<AuditAccount>, StartError> {
    let mut given = of_environment()?;
    let mut accounts = Vec::new();
    for recipe in recipes {
        let password = match &recipe.password_file {
            Some(file) => of_file(&folder.join(file))?,
            None => match given.take() {
                Some(password) => password,
                None => ask(&recipe.user)?,
            },
        };
        accounts.push(AuditAccount {
            user: recipe.user.clone(),
            password,
            shown_as: recipe
                .shown_as
                .clone()
                .unwrap_or_else(|| recipe.user.clone()),
        });
    }
    Ok(accounts)
}

/// The password in the environment, where there is one.
fn of_environment() -> Result<Option<String>, StartError> {
    match std::env::var(VARIABLE) {
        // A shell that read it from a file may have read the mark of an editor with it.
        Ok(given) => Ok(Some(byte_order_mark::skip(&given))
            .filter(|password| !password.is_empty())
            .map(str::to_owned)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            let message = format!("{VARIABLE} is not UTF-8");
            let hint =
                "write the password into a UTF-8 file, and name it: password-file in the recipe";
            Err(could_not_run(message, hint))
        }
    }
}

fn of_file(file: &Path) -> Result<String, StartError> {
    let shown = file.display();
    let text = text_file::read(file).map_err(|error| {
        let message = format!("cannot read the password in {shown}: {error}");
        let hint = "write the password into the file that the recipe names";
        could_not_run(message, error.hint(hint))
    })?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => {
            let message = format!("the first line of {shown} is empty");
            Err(could_not_run(message, "write the password into it"))
        }
    }
}

fn ask(user: &str) -> Result<String, StartError> {
    let missing = || {
        let message = format!("no password is given for {}", encode::line(user));
        could_not_run(
            message,
            format!("set {VARIABLE}, or name a password-file in the recipe"),
        )
    };
    if !std::io::stdin().is_terminal() {
        return Err(missing());
    }
    let mut terminal = std::io::stderr();
    let _ = write!(terminal, "Password of {}: ", encode::line(user));
    let _ = terminal.flush();
    let echo = |mode: &str| {
        Command::new("stty")
            .arg(mode)
            .stderr(Stdio::null())
            .status()
    };
    // Where there is no stty, the password is shown while it is typed.
    let _ = echo("-echo");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    let _ = echo("echo");
    let _ = writeln!(terminal);
    let password = line.trim_end_matches(['\n', '\r']);
    match read {
        Ok(_) if !password.is_empty() => Ok(password.to_owned()),
        _ => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_file_is_its_first_line_without_the_mark_of_an_editor() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        for text in ["secret 1\nmore", "\u{feff}secret 1\r\n"] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(of_file(&file).unwrap(), "secret 1");
        }
        std::fs::write(&file, b"\xff\xfes\0").unwrap();
        let error = of_file(&file).unwrap_err();
        assert!(error.message.contains("UTF-16"), "{error}");
        std::fs::write(&file, b"caf\xe9").unwrap();
        assert_eq!(of_file(&file).unwrap_err().hint, "save it as UTF-8 text");
    }
}
