//! The commands of a block `console`, what each prints, and the shell script that runs a whole sheet.

use super::blocks::Fault;

/// One command with what it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleCommand {
    /// The line in the block, counted from 0.
    pub line: usize,
    /// The command, its lines joined by line breaks.
    pub command: String,
    /// The lines that it prints. `[..]` matches any text, a line `...` any lines.
    pub prints: Vec<String>,
    /// The exit status.
    pub status: i32,
}

/// Takes a block apart: `$ ` begins a command, `> ` continues it, `? 1` is its status, and what
/// follows is what it prints, without empty lines.
///
/// # Errors
/// A line before the first command, or a block without one.
pub fn commands(text: &str) -> Result<Vec<ConsoleCommand>, Fault> {
    let mut found: Vec<ConsoleCommand> = Vec::new();
    for (line, content) in text.lines().enumerate() {
        if let Some(command) = content.strip_prefix("$ ") {
            found.push(ConsoleCommand {
                line,
                command: command.to_owned(),
                prints: Vec::new(),
                status: 0,
            });
            continue;
        }
        let Some(last) = found.last_mut() else {
            return Err((line, "a block console begins with a command: $ …".into()));
        };
        let below = last.prints.is_empty();
        if let (true, Some(more)) = (below, content.strip_prefix("> ")) {
            last.command.push('\n');
            last.command.push_str(more);
        } else if let (true, Some(status)) = (below, content.strip_prefix("? ")) {
            let no_status = |_| (line, format!("{status} is no exit status"));
            last.status = status.trim().parse().map_err(no_status)?;
        } else if !content.is_empty() {
            last.prints.push(content.to_owned());
        }
    }
    if found.is_empty() {
        return Err((0, "a block console has a command: $ …".into()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_with_what_they_print() {
        let text = "$ one \\\n> two\na\n\nb [..]\n$ three\n? 1\n$ four\n";
        let found = commands(text).unwrap();
        assert_eq!(found[0].command, "one \\\ntwo");
        assert_eq!(found[0].prints, ["a", "b [..]"]);
        assert_eq!((found[1].status, found[1].line), (1, 5));
        assert!(found[2].prints.is_empty());
        assert_eq!(commands("x\n$ y").unwrap_err().0, 0);
        assert!(commands("").is_err());
        assert!(commands("$ x\n? y").is_err());
    }
}
