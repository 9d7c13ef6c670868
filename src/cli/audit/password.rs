//! The passwords of an audit's accounts: from a file, from the environment, or asked for. A flag has
//! none, because every user of the machine can read a command line.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::could_not_run;
use crate::attacks::audit::plan::AuditAccount;
use crate::attacks::audit::recipe::AccountRecipe;
use crate::base::encode;
use crate::base::start_error::StartError;

/// The variable with the password of the first account that has no file.
const VARIABLE: &str = "SESSION_LAB_AUDIT_PASSWORD";

/// The accounts of a recipe with their passwords. Of those without a file only the first one can be in
/// the environment; the others are asked for.
pub(super) fn accounts(
    recipes: &[AccountRecipe],
    folder: &Path,
) -> Result<Vec<AuditAccount>, StartError> {
    let mut given = std::env::var(VARIABLE)
        .ok()
        .filter(|password| !password.is_empty());
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

fn of_file(file: &Path) -> Result<String, StartError> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        let message = format!("cannot read the password in {shown}: {error}");
        could_not_run(
            message,
            "write the password into the file that the recipe names",
        )
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
