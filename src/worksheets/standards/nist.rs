//! NIST's guidelines. Next: `ietf.rs`.

use super::table;

table! {
    "NIST SP 800-57 §5.3" [KeyRotation]
        "Every key has a period of use, chosen by risk. A key that is compromised is no longer used."
    "NIST SP 800-63B-4 §2.1.3" [Timeouts, CookieLifetime]
        "At the lowest level a session has an overall limit, which should be 30 days at most. An idle \
         limit is optional."
    "NIST SP 800-63B-4 §3.1.1.2" [Guessing]
        "A verifier of passwords limits the failed attempts for each account."
    "NIST SP 800-63B-4 §5.1"
        [SessionIds, Fixation, CookieLifetime, SignOut, ClientStorage, TokenStorage, Transport,
        ForgedRequests, NewPassword]
        "A session secret is made at the sign-in, has 64 random bits at least, travels encrypted \
         only, and ends at the sign-out. It should not survive a restart of the browser, and not \
         be kept in local storage. A POST contains a session identifier that is verified. A \
         remembered browser replaces no sign-in."
    "NIST SP 800-63B-4 §5.1.1"
        [CookiesAndScripts, CookiesAndTransport, CookiesAndHosts, CookieLifetime, ForgedRequests,
        ClientState]
        "Session cookies are sent over https only, to as few hosts and paths as possible. They \
         should have HttpOnly, __Host-, SameSite and an opaque value. The server does not rely on \
         their expiry."
    "NIST SP 800-63B-4 §5.2" [Timeouts]
        "An overall limit and an idle limit end a session. Both are documented, and users \
         authenticate again."
}
