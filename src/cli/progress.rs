//! One line on the terminal that says how far a long command is. Where standard error is no terminal,
//! nothing is written.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How many characters the bar has.
const WIDTH: usize = 40;

/// How often the line is written again.
const EVERY: Duration = Duration::from_millis(50);

/// How far a command is.
#[derive(Debug)]
pub(super) struct ProgressLine {
    all: usize,
    done: usize,
    /// When it was written last; nothing where there is no terminal.
    written: Option<Instant>,
}

impl ProgressLine {
    /// The line of a command with so many parts.
    pub(super) fn new(all: usize) -> Self {
        let written = std::io::stderr().is_terminal().then(Instant::now);
        Self {
            all,
            done: 0,
            written,
        }
    }

    /// One more part is done; `what` says which.
    pub(super) fn advance(&mut self, what: &str) {
        self.done += 1;
        if let Some(written) = &mut self.written
            && written.elapsed() >= EVERY
        {
            *written = Instant::now();
            let line = line(self.done, self.all, what);
            // To the beginning of the line; what is left of a longer one is deleted.
            write(&format!("\r{line}\x1b[K"));
        }
    }

    /// Deletes the line.
    pub(super) fn clear(self) {
        if self.written.is_some() {
            write("\r\x1b[K");
        }
    }
}

fn line(done: usize, all: usize, what: &str) -> String {
    let filled = (done * WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH);
    let (filled, rest) = ("█".repeat(filled), "░".repeat(WIDTH - filled));
    format!("{filled}{rest} {done}/{all} {what}")
}

fn write(text: &str) {
    let mut terminal = std::io::stderr().lock();
    // A terminal that is gone misses nothing.
    let _ = terminal.write_all(text.as_bytes());
    let _ = terminal.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows_with_what_is_done_and_is_never_longer() {
        let filled = |done, all| line(done, all, "x").matches('█').count();
        assert_eq!([filled(0, 8), filled(1, 8), filled(8, 8)], [0, 5, 40]);
        assert_eq!([filled(9, 8), filled(0, 0)], [40, 40]);
        assert!(line(3, 8, "fixation").ends_with(" 3/8 fixation"));
        assert_eq!(line(3, 8, "").matches(['█', '░']).count(), WIDTH);
    }
}
