//! `/redis-keys`: what Redis holds of a bench, for those who have no `redis-cli` for it. Worksheet 16.
//!
//! The page shows the keys of the bench, what is left of their time, and their fields.
//! `/redis-keys/ask` answers a command as `redis-cli` prints it, so that a sheet's function `db` can be
//! either. A lab that keeps its sessions elsewhere shows a run that was recorded. Read `question.rs`
//! next, then [`crate::storage::redis::reading`], which asks.

mod question;

use rocket::http::Status;
use rocket::response::content::RawText;
use rocket::serde::json::{Json, serde_json};
use rocket::{Either, Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::{Deserialize, Serialize};

use self::question::{ANSWERED, KeyQuestion};
use crate::base::bench_name::BenchName;
use crate::lab::page;
use crate::lab::store::Store;
use crate::storage::redis::reading::{KeyPattern, own_key};
use crate::storage::{RedisStorage, StorageError};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::web::visible_time::date_and_time;

/// How many keys the page shows.
const SHOWN: usize = 40;

/// The keys of a bench at one moment.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct BenchKeysInRedis {
    /// The day on which it was recorded; none for the student's own bench.
    recorded_on: Option<String>,
    bench: String,
    keys: Vec<KeyInRedis>,
    /// Whether the bench has more.
    more: bool,
}

/// One key, what is left of its time, and its fields.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct KeyInRedis {
    name: String,
    /// As `TTL` answers: seconds, or -1 where it has no end.
    ttl: i64,
    /// The record's fields, in the order of their names.
    fields: Vec<(String, String)>,
}

impl BenchKeysInRedis {
    async fn read(redis: &RedisStorage, bench: &BenchName) -> Result<Self, StorageError> {
        let found = redis.scan(bench, &KeyPattern::all(bench), SHOWN).await?;
        let mut keys = Vec::with_capacity(found.names.len());
        for name in found.names {
            let Some(key) = own_key(bench, &name) else {
                continue;
            };
            let ttl = redis.ttl(bench, &key).await?;
            let fields = redis.fields(bench, &key).await?;
            // One that ended since it was found is left out.
            if fields.is_empty() {
                continue;
            }
            let fields = fields.into_iter();
            keys.push(KeyInRedis {
                name,
                ttl,
                fields: fields
                    .map(|(field, value)| (field.to_owned(), value))
                    .collect(),
            });
        }
        Ok(Self {
            recorded_on: None,
            bench: bench.to_string(),
            keys,
            more: found.more,
        })
    }

    /// The run that was recorded. `GET /redis-keys?format=json` is how it was written.
    fn recorded() -> Option<Self> {
        serde_json::from_str(include_str!("recorded.json")).ok()
    }
}

#[get("/redis-keys?<format>")]
async fn redis_keys(
    context: &RequestContext,
    store: &State<Store>,
    format: Option<&str>,
) -> Result<Either<Template, Json<BenchKeysInRedis>>, Problem> {
    #[derive(Serialize)]
    struct RedisKeysPage {
        medium: &'static str,
        has_redis: bool,
        found: Option<BenchKeysInRedis>,
        answered: &'static str,
    }
    let found = match &store.redis {
        Some(redis) => Some(BenchKeysInRedis::read(redis, context.bench.name()).await?),
        None => BenchKeysInRedis::recorded(),
    };
    if format == Some("json")
        && let Some(mut found) = found
    {
        let now = date_and_time(context.now);
        let today = now.split(' ').next().map(str::to_owned);
        found.recorded_on = found.recorded_on.or(today);
        return Ok(Either::Right(Json(found)));
    }
    let page = RedisKeysPage {
        medium: store.medium,
        has_redis: store.redis.is_some(),
        found,
        answered: ANSWERED,
    };
    let template = "pages/lab/redis_keys.html";
    let page = page::render(context, template, "Keys in Redis", page);
    Ok(Either::Left(page))
}

/// The answer to one command about the bench's own keys. One that would change something is refused.
#[get("/redis-keys/ask?<command>")]
async fn ask(
    context: &RequestContext,
    store: &State<Store>,
    command: &str,
) -> Result<(Status, RawText<String>), Problem> {
    let Some(redis) = &store.redis else {
        let because = format!("This lab keeps its sessions in {}.", store.medium);
        let next = format!("Read the recorded run: {}/redis-keys", context.base());
        let heading = "There are no keys in Redis";
        return Err(Problem::new(Status::NotFound, heading, because, next));
    };
    let bench = context.bench.name();
    let (status, lines) = match KeyQuestion::parse(bench, command) {
        Ok(question) => (Status::Ok, question.answer(redis, bench).await?),
        Err(refused) => (Status::Forbidden, vec![refused.to_string()]),
    };
    let text = lines.into_iter().map(|line| line + "\n").collect();
    Ok((status, RawText(text)))
}

pub(super) fn routes() -> Vec<Route> {
    routes![redis_keys, ask]
}
