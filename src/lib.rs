//! Session Lab: a portal under an insecure and a hardened policy, side by side, for teaching how
//! web sessions are attacked and defended.
//!
//! **Never expose it to the internet.** Half of it is vulnerable on purpose.
//!
//! # The idea
//!
//! A *defence* is a switch with a weak and a strong arm. A *policy* is a set of switches, and a
//! *variant* is a policy with a name in the address. The portal is written once. Where a defence
//! matters it asks the policy, and the two arms stand next to each other in one `match`, in one
//! file of [`defences`]. That file is the lesson.
//!
//! # One request, followed through
//!
//! 1. [`web::request_router`] checks the host, takes bench and variant off the path and keeps them as
//!    the request's [`web::context`].
//! 2. [`portal::Visitor`] finds the session that the cookie opens, under the policy. A handler that
//!    changes something takes a [`web::body::Checked`] body, which cannot be had without the checks
//!    of origin, type and token that the policy asks for.
//! 3. The verbs of [`session`] and [`world`] do the work in one commit on [`storage`], which also
//!    writes the [`journal`].
//! 4. [`session::cookie`] writes the `Set-Cookie` line, [`web::answer`] the headers.
//!
//! # Where to start reading
//!
//! [`defences::rotation`], then [`session::sign_in`], then [`portal`]. The lab's own pages, on an
//! origin of their own, are in [`lab`]; [`app`] builds every listener and stops them together.
//!
//! | module | what it holds |
//! |---|---|
//! | [`defences`] | one file a defence, both arms side by side |
//! | [`policy`] | variants, and what one switch forces another to be |
//! | [`session`] | recognise, sign in, rotate, end; the cookie |
//! | [`jwt`] | issue, verify, refresh and revoke tokens; the ring of keys |
//! | [`world`] | accounts and notices of one variant on one bench |
//! | [`mod@bench`], [`clock`], [`journal`] | one student's isolated state, its time and history |
//! | [`storage`] | the one contract, kept by memory, by files and by Redis |
//! | [`portal`] | the application under attack |
//! | [`lab`] | the lab's own pages: compare, evidence, custom, … |
//! | [`attacker`] | the attacker's own site: the request catcher and the attack pages |
//! | [`cafe`] | the relay that shows what goes over the line |
//! | [`same_site`] | five cookies, and every way to ask for them: the SameSite table |
//! | [`attacks`] | one file an attack, and the matrix that proves them |
//! | [`drawing`] | time lines and sequence diagrams, as numbers and words |
//! | [`catalogue`] | what can be tried here, with the standards' ids and the test that proves it |
//! | [`worksheets`] | the lab sheets of `labs/`: read, check, report |
//! | [`pictures`] | pictures of DevTools for sheets and slides |
//! | [`web`] | what all sites share |
//! | [`lab_client`] | the client by which the lab acts on its own portal |
//! | [`chrome`] | the installed browser, for what only a browser decides |
//! | [`stats`] | `session-lab store stats`: what lies in a store, counted |
//! | [`cli`], [`manual`], [`settings`] | the command line, its pages and completions, the layers below it |
//! | [`keys`], [`tls`], [`app`] | starting and stopping |

pub mod defences;

pub mod base;

pub mod storage;

pub mod session;

pub mod jwt;

pub mod client;

pub mod web;

pub mod portal;

pub mod same_site;

pub mod sniffing_proxy;

pub mod browser;

pub mod attacks;

pub mod attacker;

pub mod worksheets;

pub mod lab;

pub mod app;

pub mod cli;
