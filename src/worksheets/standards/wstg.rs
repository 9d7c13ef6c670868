//! OWASP Web Security Testing Guide: what each test looks for. Next: `cwe.rs`.

use super::table;

table! {
    "WSTG-CLNT-04" [Redirects]
        "Whether input sends the browser to a site of the attacker's choice."
    "WSTG-CLNT-07" [ForeignReaders]
        "Whether CORS lets origins read that should not."
    "WSTG-CLNT-09" [Framing]
        "Whether a page can be framed and its user led to click."
    "WSTG-CLNT-12" [ClientStorage, TokenStorage]
        "What the browser's storage holds, and whether it is sensitive."
    "WSTG-CONF-07" [Transport]
        "Whether the HSTS header is there and valid."
    "WSTG-CONF-12" [InjectedScripts]
        "Whether the Content-Security-Policy has gaps."
    "WSTG-IDNT-04" [Enumeration]
        "Whether answers tell valid user names from invalid ones."
    "WSTG-ATHN-03" [Guessing]
        "Whether lock-out stops guessing, and can be lifted by those who should."
    "WSTG-ATHN-06" [Caching]
        "Whether caches or the Back button show sensitive pages after the sign-out."
    "WSTG-ATHN-09" [NewPassword]
        "Whether a change or reset of the password can be abused."
    "WSTG-INPV-19" [TokenKeySource]
        "Whether input makes the server send requests to addresses of the attacker's choice."
    "WSTG-SESS-01" [SessionIds, ClientState]
        "How session tokens are made, whether they can be predicted, forged or changed."
    "WSTG-SESS-02"
        [CookiesAndScripts, CookiesAndTransport, CookiesAndHosts, CookieLifetime, ForgedRequests]
        "Whether cookies have the right attributes and prefixes."
    "WSTG-SESS-03" [Fixation]
        "Whether the session cookie stays the same through the sign-in."
    "WSTG-SESS-04" [SecretsInAddresses, Transport]
        "Whether session tokens are exposed on the way: unencrypted, cached, or in addresses."
    "WSTG-SESS-05" [ForgedRequests]
        "Whether another site can make the user's browser act for them."
    "WSTG-SESS-06" [SignOut]
        "Whether a sign-out is easy to find, and ends the session on the server."
    "WSTG-SESS-07" [Timeouts]
        "Whether the server ends sessions after a time, and refuses their cookies then."
    "WSTG-SESS-09" [Transport, CookiesAndTransport]
        "Whether somebody on the network can take over a session: Secure, and HSTS for all hosts."
    "WSTG-SESS-10"
        [TokenSignature, TokenAlgorithm, TokenKeySource, TokenTime, WeakKeys, TokenContent]
        "Whether JWTs disclose data, are verified, use weak keys, or let the sender choose the key."
    "WSTG-SESS-11" [SignOut]
        "Whether several sessions of one user are managed as intended."
}
