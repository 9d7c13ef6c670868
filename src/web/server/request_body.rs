//! A request's body, read before the request goes to Rocket: an answer that came while the client
//! still sends would be lost with the connection.

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};

use crate::base::addresses::Site;

/// What any route of a site reads, and one byte more, so that the route itself sees that a body is too
/// large and says so. The lab's own pages take files of progress.
pub(super) const fn most(site: Site) -> usize {
    match site {
        Site::Lab => 1024 * 1024 + 1,
        Site::Portal | Site::Attacker => 64 * 1024 + 1,
    }
}

/// How much memory a body is given before any of it has come: enough for every form of the portal.
const AT_FIRST: usize = 16 * 1024;

/// What was read of a body.
pub(super) struct RequestBody {
    /// Its bytes, at most as many as any route reads.
    pub bytes: Vec<u8>,
    /// Whether there is more.
    pub is_cut: bool,
}

/// Reads a body; `None` where it ended early or paused for too long.
pub(super) async fn read(mut body: Incoming, most: usize) -> Option<RequestBody> {
    // What a client announces takes no memory before it comes.
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(most);
    let mut bytes = Vec::with_capacity(expected.min(AT_FIRST));
    while let Some(frame) = body.frame().await {
        let data: Bytes = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(_) => return None,
        };
        let room = most - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if bytes.len() == most {
            return Some(RequestBody {
                bytes,
                is_cut: true,
            });
        }
    }
    Some(RequestBody {
        bytes,
        is_cut: false,
    })
}
