//! NIST's guidelines. Next: `ietf.rs`.

use super::table;

table! {
    "NIST SP 800-57 §5.3" [KeyRotation]
        "Every key has a period of use, shorter where a loss would harm more."
    "NIST SP 800-63B-4 §2.1.3" [Timeouts, CookieLifetime]
        "At the lowest level users authenticate again after 30 days at most."
    "NIST SP 800-63B-4 §3.1.1.2" [Guessing]
        "A verifier of passwords limits the rate of failed attempts."
    "NIST SP 800-63B-4 §5.1"
        [SessionIds, Fixation, CookieLifetime, SignOut, ClientStorage, TokenStorage, Transport,
        ForgedRequests, NewPassword]
        "A session secret is made at the sign-in, has 64 bits at least, travels encrypted only, \
         ends at the sign-out, and is not kept in a browser's local storage. A POST contains a \
         session identifier that is verified. A remembered browser replaces no sign-in."
    "NIST SP 800-63B-4 §5.1.1"
        [CookiesAndScripts, CookiesAndTransport, CookiesAndHosts, CookieLifetime, ForgedRequests,
        ClientState]
        "Session cookies go over https to as few hosts as possible, with HttpOnly, __Host-, \
         SameSite and an opaque value. The server does not rely on their expiry."
    "NIST SP 800-63B-4 §5.2" [Timeouts]
        "Sessions have an overall limit, and often an idle one. Then users authenticate again."
}
