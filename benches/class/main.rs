//! A whole class at one desk: own labs, which speak the protocol over TLS, and benches on the teacher's
//! machine, which are visited over HTTP. They join, work through three steps of two sheets, vote once, and
//! poll as labs and pages do, while three views of the desk are open. Then the program is killed, and what
//! it acknowledged must still be there.
//!
//! ```sh
//! cargo bench --bench class                    # 300 own labs and 200 benches, with the budgets of time
//! cargo test --bench class                     # 20 and 5, without them: for every run of the tests
//! cargo bench --bench class -- --labs 100      # another size
//! ```
//!
//! The program is started here, on free ports and in a folder that is deleted afterwards. Its
//! load comes from the same computer, and nothing is measured of a browser.

mod budgets;
mod class_bench;
mod desk_view;
mod kept;
mod own_lab;
mod program;
mod timings;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use session_lab::classroom::member::https_desk::HttpsDesk;
use session_lab::classroom::member::invitation::DeskAddress;
use tokio::task::JoinSet;

use crate::class_bench::ClassBench;
use crate::desk_view::Teacher;
use crate::own_lab::OwnLab;
use crate::program::LabProgram;
use crate::timings::Timings;

/// What a person who waits for the result reads, or what went wrong.
type Outcome<T> = Result<T, String>;

/// A class of simulated labs and benches.
#[derive(Debug, Parser)]
#[command(name = "class")]
struct LoadFlags {
    /// How many own labs join [default: 300; 20 in a test]
    #[arg(long)]
    labs: Option<u32>,
    /// How many benches on the teacher's machine join [default: 200; 5 in a test]
    #[arg(long)]
    benches: Option<u32>,
    /// For how many seconds they work and poll after the last has joined [default: 100; 12 in a test]
    #[arg(long)]
    seconds: Option<u64>,
    /// How often each polls, in milliseconds [default: 3000, as labs and pages do; 300 in a test]
    #[arg(long)]
    every: Option<u64>,
    /// Over how many seconds they come, one after the other [default: 45; 2 in a test]
    #[arg(long)]
    joining: Option<u64>,
    /// What `cargo bench` adds by itself
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is run.
#[derive(Clone, Copy, Debug)]
struct ClassSize {
    labs: u32,
    benches: u32,
    work: Duration,
    every: Duration,
    joining: Duration,
}

impl LoadFlags {
    fn size(&self) -> ClassSize {
        // `cargo bench` says so; everything else is a run of the tests.
        let or = |given: Option<u64>, bench: u64, test: u64| {
            given.unwrap_or(if self.bench { bench } else { test })
        };
        let people = |given: Option<u32>, bench: u32, test: u32| {
            given.unwrap_or(if self.bench { bench } else { test })
        };
        ClassSize {
            labs: people(self.labs, 300, 20),
            benches: people(self.benches, 200, 5),
            work: Duration::from_secs(or(self.seconds, 100, 12)),
            every: Duration::from_millis(or(self.every, 3_000, 300).max(50)),
            joining: Duration::from_secs(or(self.joining, 45, 2)),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = LoadFlags::parse();
    match run(flags.size(), flags.bench).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// Runs the class, prints what was measured, and says whether everything is within its limits.
async fn run(size: ClassSize, with_times: bool) -> Outcome<bool> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = LabProgram::start(folder.path())?;
    let teacher = Teacher::sign_in(&program).await?;
    let class = teacher.make_class().await?;
    let timings = Arc::<Timings>::default();
    let begun = Instant::now();

    let mut views = JoinSet::new();
    for _ in 0..3 {
        views.spawn(teacher.clone().watch(class.clone(), timings.clone()));
    }
    let mut members = JoinSet::new();
    let desk = HttpsDesk::new(
        &DeskAddress {
            host: "127.0.0.1".into(),
            port: program.class_port,
        },
        program.fingerprint,
    );
    let desk = Arc::new(desk.map_err(|error| error.to_string())?);
    let all = (size.labs + size.benches).max(1);
    let mut acknowledged = Vec::new();
    for number in 0..all {
        let (code, timings, every) = (class.code.clone(), timings.clone(), size.every);
        let wait = size.joining * number / all;
        if number < size.labs {
            let lab = OwnLab::new(number, desk.clone(), timings)?;
            acknowledged.push(lab.acknowledged());
            members.spawn(async move {
                tokio::time::sleep(wait).await;
                lab.run(&code, every).await;
            });
        } else {
            let bench = ClassBench::new(number, &program, timings)?;
            members.spawn(async move {
                tokio::time::sleep(wait).await;
                bench.run(&code, every).await;
            });
        }
    }
    let joined = wait_until_joined(&timings, all, begun).await?;
    tokio::time::sleep(size.work / 2).await;
    teacher.ask(&class).await?;
    tokio::time::sleep(size.work / 2).await;
    let vote_shown = teacher.time_until_a_vote_is_shown(&class, &desk).await?;

    let before = teacher.export(&class).await?;
    let memory = program.largest_memory();
    let errors = timings.errors();
    print!("{timings}");
    // They are still at work.
    program.kill()?;
    members.abort_all();
    views.abort_all();

    let program = LabProgram::start(folder.path())?;
    let teacher = Teacher::sign_in(&program).await?;
    let after = teacher.export(&class).await?;
    program.kill()?;
    let told: Vec<_> = acknowledged.iter().map(|lab| lab.lock().clone()).collect();
    let found = budgets::Findings {
        joined,
        vote_shown,
        memory,
        errors,
        missing: kept::missing(&before, &after, &told),
        unsolved: kept::unsolved(&before, size.labs + size.benches),
        with_times,
    };
    print!("{}", found.report(&timings));
    Ok(found.are_within_the_limits(&timings))
}

/// How long it took until everybody was in the class.
async fn wait_until_joined(timings: &Timings, all: u32, begun: Instant) -> Outcome<Duration> {
    while timings.count("join") < all as usize {
        if begun.elapsed() > Duration::from_secs(300) {
            return Err(format!(
                "not everybody joined within five minutes:\n{timings}"
            ));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(begun.elapsed())
}
