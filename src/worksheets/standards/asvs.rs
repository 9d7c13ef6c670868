//! OWASP ASVS 5.0.0. Next: `wstg.rs`.

use super::table;

table! {
    "ASVS 1.2.1" [InjectedScripts]
        "What goes into a page is encoded for the place where it appears."
    "ASVS 2.4.1" [Guessing]
        "Functions that cost much, or that a program could call without end, are limited."
    "ASVS 3.2.2" [InjectedScripts]
        "Text is shown with functions that cannot turn it into markup or code."
    "ASVS 3.3.1" [CookiesAndTransport]
        "Cookies are Secure, and their names begin with __Host- or __Secure-."
    "ASVS 3.3.2" [ForgedRequests]
        "Each cookie has the SameSite value that suits its purpose."
    "ASVS 3.3.3" [CookiesAndHosts]
        "A cookie's name begins with __Host-, unless other hosts are meant to share it."
    "ASVS 3.3.4" [CookiesAndScripts]
        "A cookie that no script needs is HttpOnly, and its value is sent in Set-Cookie only."
    "ASVS 3.4.1" [Transport, CookiesAndTransport]
        "Every answer carries HSTS with a year at least, from level 2 on also for all subdomains."
    "ASVS 3.4.2" [ForeignReaders]
        "CORS allows a fixed origin or those of a list, and * only where nothing is sensitive."
    "ASVS 3.4.3" [InjectedScripts]
        "A Content-Security-Policy limits what loads and runs to what is trusted."
    "ASVS 3.4.5" [SecretsInAddresses]
        "A referrer policy keeps sensitive parts of addresses from other sites."
    "ASVS 3.4.6" [Framing]
        "frame-ancestors forbids embedding, except where embedding is needed."
    "ASVS 3.5.1" [ForgedRequests]
        "A function without preflights wants proof that a request is the application's own."
    "ASVS 3.5.2" [ForgedRequests]
        "A function that relies on preflights cannot be called by a request without one."
    "ASVS 3.5.3" [ForgedRequests]
        "Sensitive functions take no safe method such as GET, or Sec-Fetch-* is checked strictly."
    "ASVS 3.5.4" [CookiesAndHosts]
        "Separate applications have separate host names."
    "ASVS 3.7.2" [Redirects]
        "The application redirects to another host only where a list names it."
    "ASVS 4.1.2" [Transport]
        "Only pages for people redirect from http to https. Other services do not."
    "ASVS 6.1.1" [Guessing]
        "Documentation says how guessing is slowed, and how strangers cannot lock accounts."
    "ASVS 6.2.1" [NewPassword]
        "Passwords have eight characters at least. Fifteen are recommended."
    "ASVS 6.2.3" [NewPassword]
        "A change of the password asks for the current one."
    "ASVS 6.3.1" [Guessing]
        "Credential stuffing and guessing are countered as documented."
    "ASVS 6.3.8" [Enumeration]
        "A failed sign-in does not tell who has an account, by words, status or time."
    "ASVS 7.1.1" [Timeouts]
        "Idle and absolute limits are documented, with reasons for other limits than NIST's."
    "ASVS 7.2.3" [SessionIds]
        "Session ids are unique, from a secure generator, with 128 bits of entropy at least."
    "ASVS 7.2.4" [Fixation]
        "A sign-in, also a repeated one, makes a new session token and ends the old one."
    "ASVS 7.3.1" [Timeouts]
        "A session that is not used ends, after a time chosen by risk."
    "ASVS 7.3.2" [Timeouts]
        "A session ends at an absolute limit, chosen by risk."
    "ASVS 7.4.1" [SignOut]
        "After a sign-out or an expiry the session or token is of no more use."
    "ASVS 7.4.3" [NewPassword]
        "After a change of a factor the user can end all other sessions."
    "ASVS 7.4.4" [SignOut]
        "Every page behind a sign-in shows how to sign out."
    "ASVS 7.5.2" [SignOut]
        "Users see their active sessions and, after authenticating again, end any of them."
    "ASVS 8.3.1" [ClientState]
        "The server enforces authorization, and trusts nothing that the client can change."
    "ASVS 8.3.2" [TokenRights]
        "A change of rights applies at once, or misuse is noticed and undone."
    "ASVS 9.1.1" [TokenSignature]
        "A token's signature or MAC is verified before its content is used."
    "ASVS 9.1.2" [TokenAlgorithm]
        "Only algorithms of a list are accepted, never none, and keys cannot be confused."
    "ASVS 9.1.3" [TokenKeySource, TokenIssuer]
        "The keys that verify come from sources configured for the issuer, not from the token."
    "ASVS 9.2.1" [TokenTime]
        "A token is accepted only within the time that it states."
    "ASVS 9.2.2" [TokenKind]
        "The receiver checks that the token is of the right type for the purpose."
    "ASVS 9.2.3" [TokenAudience]
        "A service accepts only tokens that are meant for it."
    "ASVS 9.2.4" [TokenAudience]
        "An issuer with one key for several audiences restricts each token to its audience."
    "ASVS 10.3.1" [TokenAudience]
        "A resource server accepts only access tokens that are meant for it."
    "ASVS 10.3.2" [TokenRights]
        "A resource server decides by the claims that delegate rights, such as sub and scope."
    "ASVS 10.4.5" [RefreshTokens]
        "A refresh token that is replayed is refused, and all tokens of its authorization are revoked."
    "ASVS 10.4.8" [RefreshTokens]
        "A refresh token has an absolute end, also where its use prolongs it."
    "ASVS 11.4.2" [PasswordStorage]
        "Passwords are stored with a slow derivation function and current parameters."
    "ASVS 11.5.1" [SessionIds]
        "What must not be guessed comes from a secure generator, with 128 bits at least."
    "ASVS 12.2.1" [Transport]
        "Clients reach services over TLS only, with no way back to unencrypted traffic."
    "ASVS 13.3.1" [WeakKeys]
        "Secrets are managed in a vault or the like, and are in no source and no build."
    "ASVS 13.3.4" [KeyRotation]
        "Secrets expire and are replaced, as documented."
    "ASVS 14.2.1" [SecretsInAddresses]
        "Secrets travel in a body or a header, never in an address."
    "ASVS 14.2.2" [Caching]
        "Caches of servers and proxies keep no sensitive data."
    "ASVS 14.3.1" [ClientStorage]
        "What a signed-in user's browser held is cleared when the session ends."
    "ASVS 14.3.2" [Caching]
        "Headers such as no-store keep sensitive pages out of the browser's caches."
    "ASVS 15.3.7" [RepeatedNames]
        "Parameters that occur twice, or in several places of a request, do no harm."
    "ASVS 15.4.2" [ClientState]
        "A check and the action that depends on it are one step that nothing interrupts."
    "ASVS 16.2.5" [Logging]
        "Passwords are not logged, and session tokens only hashed or masked."
    "ASVS 16.3.1" [Logging]
        "Every attempt to authenticate is logged, successful or not."
    "ASVS 16.3.2" [Logging]
        "Refused authorization is logged."
    "ASVS 16.3.3" [Logging]
        "Security events that the documentation names are logged, and attempts to bypass controls."
    "ASVS 16.4.1" [Logging]
        "What is logged is encoded, so that no input forges an entry."
    "ASVS 16.5.3" [Errors]
        "A failure leaves the application secure: no error opens what a check would close."
}
