//! A stolen backup: everything that the store keeps of a variant, as it is for somebody who reads a
//! lost disk or gets in by a hole. The attacks on what is stored begin here.

use rocket::serde::json::Json;
use rocket::{Route, get, routes};
use serde::Serialize;

use crate::base::event::ClientKind;
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::defences::policy::{PolicyProbe, Variant};
use crate::jwt::keys::StoredSecret;
use crate::lab::inspect::evidence;
use crate::session::SessionRecord;
use crate::session::accounts::{AccountRecord, ProfileRecord};
use crate::session::world::World;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

#[derive(Serialize)]
struct StolenBackup {
    what: &'static str,
    variant: Variant,
    sessions: Vec<SessionFile>,
    accounts: Vec<AccountFile>,
    /// The secrets that sign tokens, as the portal's configuration holds them at this moment.
    token_keys: Vec<StoredSecret>,
}

/// A session's record under the name that the arm of `at-rest` chose.
#[derive(Serialize)]
struct SessionFile {
    file: String,
    record: SessionRecord,
}

/// An account's record. The record of an unchanged demo account is not stored, because the lab
/// can make it at any time; a real portal would have stored it.
#[derive(Serialize)]
struct AccountFile {
    user: &'static str,
    record: AccountRecord,
    profile: Option<ProfileRecord>,
}

#[get("/leak/<variant>")]
async fn stolen_backup(
    context: &RequestContext,
    variant: &str,
) -> Result<Json<StolenBackup>, Problem> {
    let variant = evidence::parse(variant)?;
    let bench = &*context.bench;
    let probe = PolicyProbe::new(bench.resolve(variant).policy);
    let world = World {
        bench,
        variant,
        probe: &probe,
        now: context.now,
        client: ClientKind::Other,
    };
    let sessions = world.sessions(None).await?.into_iter();
    let mut accounts = Vec::new();
    for (user, _) in DEMO_PASSWORDS {
        let profile = world.profile(user).await?;
        let account = world.account(user).await?;
        accounts.extend(account.map(|account| AccountFile {
            user,
            record: account.record,
            profile,
        }));
    }
    let token_keys = world.key_ring().await?.stored();
    // The matrix must know that what was stolen depends on these arms.
    bench.note_probed(variant, probe.probed());
    Ok(Json(StolenBackup {
        what: "a stolen backup",
        variant,
        sessions: sessions
            .map(|listed| SessionFile {
                file: listed.key.name().to_owned(),
                record: listed.record,
            })
            .collect(),
        accounts,
        token_keys,
    }))
}

pub(super) fn routes() -> Vec<Route> {
    routes![stolen_backup]
}
