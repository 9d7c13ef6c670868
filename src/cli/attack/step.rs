//! `--step`: an attack beat by beat in a terminal, as the stage of the lab's plays shows it.

use std::io::{self, BufRead, IsTerminal as _, Read as _, Write as _};

use super::in_lines;
use crate::attacks::beats::beats;
use crate::attacks::transcript::TranscriptLine;
use crate::base::encode;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::defences::policy::Variant;

/// The longest line that is read: longer than anything that somebody types to go on.
const LONGEST: u64 = 1_000;

/// What is asked after each beat.
const PROMPT: &str = "-- Enter: go on, q: end -- ";

/// One run to step through.
pub(super) struct SteppedRun {
    pub variant: Variant,
    pub transcript: Vec<TranscriptLine>,
    /// How it ended, in a sentence or two.
    pub ended: String,
}

/// The texts between which somebody presses Enter.
fn parts(runs: &[SteppedRun]) -> Vec<String> {
    let mut all = Vec::new();
    for run in runs {
        let beats = beats(&run.transcript);
        let (variant, last) = (run.variant, beats.len());
        for (at, beat) in (1..).zip(&beats) {
            let mut part = format!("\nAgainst {variant}, beat {at} of {last}\n");
            if !beat.says.is_empty() {
                let again = if beat.continued { " (continued)" } else { "" };
                part += &format!("{}{again}\n", encode::line(beat.says));
            }
            part.extend(beat.lines.iter().map(in_lines));
            if at == last {
                part += &format!("\n{}", run.ended);
            }
            all.push(part);
        }
        if last == 0 {
            all.push(format!("\nAgainst {variant}: {}", run.ended));
        }
    }
    all
}

/// Shows one part after the other; `go_on` says after each whether the next is wanted.
fn walk(
    parts: &[String],
    mut show: impl FnMut(&str) -> Result<(), StartError>,
    mut go_on: impl FnMut() -> Result<bool, StartError>,
) -> Result<(), StartError> {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 && !go_on()? {
            break;
        }
        show(part)?;
    }
    Ok(())
}

/// Reads a line. `q`, and the end of what can be read, end the play.
fn wants_more(input: &mut impl BufRead) -> io::Result<bool> {
    let mut line = String::new();
    let read = input.take(LONGEST).read_line(&mut line)?;
    Ok(read > 0 && !line.trim().eq_ignore_ascii_case("q"))
}

/// Steps through runs. Where no terminal is there to wait at, everything is printed at once.
///
/// # Errors
/// It cannot be printed, or the terminal cannot be read.
pub(super) fn step(runs: &[SteppedRun]) -> Result<(), StartError> {
    let parts = parts(runs);
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let note = "session-lab: note: no terminal to wait at, so every beat is printed at once";
        // Whoever reads only standard output misses nothing of the play.
        let _ = writeln!(io::stderr(), "{note}");
        return walk(&parts, tell, || Ok(true));
    }
    let unreadable = |error: io::Error| {
        let message = format!("cannot read the terminal: {error}");
        StartError::new(message, "leave out --step to print everything at once")
    };
    walk(&parts, tell, || {
        tell(PROMPT)?;
        io::stdout().flush().map_err(unreadable)?;
        wants_more(&mut io::stdin().lock()).map_err(unreadable)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> SteppedRun {
        SteppedRun {
            variant: Variant::Insecure,
            transcript: vec![
                TranscriptLine::Narration("One\u{1b}[2J.".into()),
                TranscriptLine::Planted {
                    actor: "victim",
                    cookie: "a=b\u{202e}".into(),
                },
                TranscriptLine::Narration("Two.".into()),
            ],
            ended: "It was stopped.\n".into(),
        }
    }

    /// What is shown where somebody types this.
    fn shown(typed: &str) -> Vec<String> {
        let mut input = io::Cursor::new(typed.to_owned());
        let mut all = Vec::new();
        let show = |part: &str| {
            all.push(part.to_owned());
            Ok(())
        };
        let go_on = || Ok(wants_more(&mut input).expect("it can be read"));
        walk(&parts(&[run(), run()]), show, go_on).expect("it is shown");
        all
    }

    #[test]
    fn enter_goes_on_and_q_and_the_end_of_the_input_end() {
        assert_eq!(shown("\n\n\n\n\n").len(), 4);
        assert_eq!(shown("\n\n\n").len(), 4);
        assert_eq!(shown("\n q \n\n").len(), 2);
        assert_eq!(shown("Q\n").len(), 1);
        assert_eq!(shown("").len(), 1);
        let long = "x".repeat(5_000) + "\n";
        assert_eq!(shown(&long).len(), 4, "it is no q");
    }

    #[test]
    fn a_beat_is_named_and_its_end_comes_last_and_nothing_reaches_the_terminal_raw() {
        let parts = parts(&[run()]);
        assert_eq!(parts.len(), 2);
        assert_eq!(
            parts[0],
            "\nAgainst insecure, beat 1 of 2\nOne\\u001b[2J.\n\n  victim's jar gets a=b\\u202e\n"
        );
        assert_eq!(
            parts[1],
            "\nAgainst insecure, beat 2 of 2\nTwo.\n\nIt was stopped.\n"
        );
    }
}
