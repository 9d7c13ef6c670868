//! Common Weakness Enumeration: what each weakness is. Next: `nist.rs`.

use super::table;

table! {
    "CWE-20" [TokenForm]
        "Input is used without checking that it has the form it needs."
    "CWE-22" [TokenKeySource]
        "Input becomes part of a file's path and leads out of the folder meant."
    "CWE-79" [InjectedScripts, CookiesAndScripts, CookiesAndHosts, TokenStorage]
        "A user's input becomes part of a page as code."
    "CWE-80" [InjectedScripts]
        "The characters of tags, such as <, reach a page as they are."
    "CWE-113" [SessionIds]
        "Line breaks in input begin a new header."
    "CWE-117" [Logging]
        "Input forges entries of a log."
    "CWE-150" [Logging]
        "Control characters in input reach a program that obeys them."
    "CWE-200" [SecretsInAddresses]
        "Somebody learns what they should not."
    "CWE-203" [Enumeration]
        "Differences in behaviour tell something that should be hidden."
    "CWE-204" [Enumeration]
        "Differences between answers tell something that should be hidden."
    "CWE-208" [Enumeration]
        "Differences in time tell something that should be hidden."
    "CWE-209" [Errors]
        "An error message contains sensitive information."
    "CWE-223" [Logging]
        "What would explain an attack is not recorded."
    "CWE-256" [PasswordStorage]
        "Passwords are stored as they are."
    "CWE-285" [TokenRights]
        "Rights are not checked, or wrongly."
    "CWE-288" [NewPassword, Guessing]
        "Another way in asks for no authentication."
    "CWE-294" [ClientState, RefreshTokens]
        "A recorded message is accepted again."
    "CWE-302" [ClientState]
        "Authentication relies on data that the attacker can change."
    "CWE-307" [Guessing]
        "Failed attempts to authenticate are not limited."
    "CWE-312" [SessionStore, TokenContent, ClientState]
        "Sensitive data is stored unencrypted where others can read it."
    "CWE-315" [ClientState]
        "Sensitive data is stored unencrypted in a cookie."
    "CWE-319" [Transport, CookiesAndTransport]
        "Sensitive data is sent unencrypted."
    "CWE-321" [WeakKeys]
        "A key is part of the program."
    "CWE-324" [KeyRotation]
        "A key is used after its time."
    "CWE-326" [WeakKeys]
        "The scheme is sound, and its strength too small."
    "CWE-330" [SessionIds]
        "Values that must not be predicted are not random enough."
    "CWE-340" [SessionIds]
        "Identifiers are easier to predict than they may be."
    "CWE-342" [SessionIds]
        "The next value follows exactly from earlier ones."
    "CWE-343" [SessionIds]
        "Earlier values narrow the next one down to a small range."
    "CWE-345" [TokenIssuer, TokenAudience, TokenKind]
        "Data is accepted without verifying where it comes from or what it is for."
    "CWE-346" [ForgedRequests, ForeignReaders, CookiesAndHosts, TokenIssuer]
        "The source of data or of a request is not verified."
    "CWE-347" [TokenSignature, TokenAlgorithm, TokenKeySource, TokenExtensions, TokenForm]
        "A signature is not verified, or wrongly."
    "CWE-348" [Transport]
        "Of two sources the less reliable one is used."
    "CWE-352" [ForgedRequests]
        "A request is carried out without knowing that its user meant it."
    "CWE-358" [TokenExtensions, TokenTime]
        "A check that a standard demands is missing or wrong."
    "CWE-359" [TokenContent]
        "Personal data is shown to people who have no right to it."
    "CWE-362" [NewPassword, ClientState]
        "Two things at once share a resource, and one disturbs the other."
    "CWE-367" [NewPassword, ClientState]
        "What was checked changes before it is used."
    "CWE-384" [Fixation]
        "A sign-in keeps the session id that was there before."
    "CWE-400" [Guessing]
        "Somebody can use up a resource of the server."
    "CWE-522" [SessionStore]
        "Credentials are stored or sent so that others can take them."
    "CWE-523" [Transport, CookiesAndTransport]
        "Credentials are not protected on their way to the server."
    "CWE-524" [Caching]
        "A cache holds sensitive data, and others can read it."
    "CWE-525" [Caching, ClientStorage]
        "The browser may keep sensitive pages, because nothing forbids it."
    "CWE-532" [Logging, SecretsInAddresses]
        "Sensitive data is written to a log."
    "CWE-539" [CookieLifetime]
        "A sensitive cookie is kept on disk."
    "CWE-565" [ClientState, CookiesAndHosts, RepeatedNames]
        "The server relies on a cookie without making sure that it is the user's and unchanged."
    "CWE-598" [SecretsInAddresses]
        "Sensitive data is part of the address of a GET."
    "CWE-601" [Redirects]
        "Input decides to which site a page sends its visitor."
    "CWE-602" [Timeouts]
        "The server leaves a check to the client."
    "CWE-613"
        [SignOut, Timeouts, NewPassword, CookieLifetime, TokenTime, TokenRights, RefreshTokens]
        "An old session or credential is still accepted."
    "CWE-614" [CookiesAndTransport]
        "A sensitive cookie lacks Secure."
    "CWE-620" [NewPassword]
        "A password is changed without the old one."
    "CWE-636" [Errors]
        "A failure leads to a state that is less secure."
    "CWE-642" [ClientState]
        "State that matters is kept where others can change it."
    "CWE-645" [Guessing]
        "A lock-out is so strict that strangers can lock owners out."
    "CWE-650" [ForgedRequests]
        "A protection assumes that GET changes nothing, and a GET does."
    "CWE-667" [NewPassword]
        "A lock is taken or released wrongly."
    "CWE-668" [CookiesAndHosts]
        "A resource is open to parties that it is not for."
    "CWE-693" [InjectedScripts]
        "A protection is missing or used wrongly."
    "CWE-732" [SessionStore]
        "The permissions of a resource are too wide."
    "CWE-755" [Errors]
        "An exceptional condition is handled wrongly or not at all."
    "CWE-757" [TokenAlgorithm]
        "Of several algorithms the weaker one is chosen."
    "CWE-759" [PasswordStorage]
        "Passwords are hashed without a salt."
    "CWE-770" [Guessing]
        "Resources are given out without a limit."
    "CWE-778" [Logging]
        "An event that matters is not logged."
    "CWE-784" [ClientState]
        "A decision about security relies on a cookie that is not verified."
    "CWE-798" [WeakKeys]
        "Credentials, such as a key, are part of the program."
    "CWE-799" [Guessing]
        "The number of requests of one party is not limited."
    "CWE-863" [TokenRights]
        "Rights are checked, and wrongly."
    "CWE-916" [PasswordStorage]
        "The hash of a password costs an attacker too little."
    "CWE-918" [TokenKeySource]
        "Input makes the server fetch an address of the attacker's choice."
    "CWE-922" [ClientStorage, TokenStorage]
        "Sensitive data is stored where others can read or change it."
    "CWE-942" [ForeignReaders]
        "A policy for other origins trusts too many."
    "CWE-1004" [CookiesAndScripts]
        "A sensitive cookie lacks HttpOnly."
    "CWE-1021" [Framing]
        "Another page can frame this one and mislead its user."
    "CWE-1275" [ForgedRequests]
        "A sensitive cookie lacks SameSite, or has a value that is too weak."
    "CWE-1391" [WeakKeys]
        "A credential can be guessed, derived or reused."
}
