//! RFCs and drafts of the IETF. Next: `subject.rs`.

use super::table;

table! {
    "RFC 6265 §4.1.2.2" [CookieLifetime]
        "Max-Age says for how many seconds a browser keeps a cookie at most. It overrides Expires."
    "RFC 6265bis §4.1.2.1" [CookieLifetime, Timeouts]
        "Expires says until when the browser may keep a cookie. The server must not rely on it."
    "RFC 6265bis §4.1.2.2" [CookieLifetime]
        "Max-Age says for how many seconds at most, and overrides Expires. Without either, the \
         browser's session is the limit."
    "RFC 6265bis §4.1.2.3" [CookiesAndHosts]
        "Domain sends a cookie to all subdomains. Without it, only to the host that set it."
    "RFC 6265bis §4.1.2.5" [CookiesAndTransport]
        "Secure keeps a cookie to secure channels."
    "RFC 6265bis §4.1.2.6" [CookiesAndScripts]
        "HttpOnly keeps a cookie from interfaces other than HTTP, such as scripts."
    "RFC 6265bis §4.1.2.7" [ForgedRequests]
        "SameSite says on which requests from other sites a cookie is sent."
    "RFC 6265bis §4.1.3.2" [CookiesAndHosts]
        "A __Host- cookie is Secure, has Path=/ and no Domain."
    "RFC 6265bis §4.2.2" [RepeatedNames]
        "A server should not rely on the order of cookies, also of two with one name."
    "RFC 6265bis §5.5" [CookieLifetime]
        "Browsers limit the lifetime of cookies. 400 days are recommended."
    "RFC 6265bis §5.6.7.2" [ForgedRequests]
        "A browser may send a young cookie without SameSite on top-level unsafe requests."
    "RFC 6265bis §5.7" [ForgedRequests, CookiesAndHosts]
        "How browsers store cookies, and which they drop: SameSite=None without Secure among them."
    "RFC 6265bis §5.8.3" [RepeatedNames, CookiesAndHosts]
        "Which cookies a browser sends, and in which order: longer paths first, then older ones."
    "RFC 6265bis §8.2" [ForgedRequests]
        "Browsers attach cookies to requests that other parties caused."
    "RFC 6265bis §8.3" [ClientState]
        "Cookies travel unencrypted without TLS. Their content should be encrypted and signed, which \
         prevents no replay."
    "RFC 6265bis §8.4" [Fixation]
        "Ids in cookies limit the damage of a leak, and servers must avoid session fixation."
    "RFC 6265bis §8.5" [CookiesAndHosts]
        "Cookies are not isolated by port."
    "RFC 6265bis §8.6" [CookiesAndHosts, Fixation]
        "Siblings can set cookies for each other, and a full jar loses its oldest."
    "RFC 6265bis §8.8.1" [ForgedRequests]
        "SameSite is a second line of defence beside CSRF tokens, and siblings pass it."
    "RFC 6585 §4" [Guessing]
        "429 says that too many requests came in a time, and may say when to try again."
    "RFC 6750 §2" [SecretsInAddresses]
        "A request carries its token in one way only."
    "RFC 6750 §2.1" [SecretsInAddresses, TokenForm]
        "A bearer token should be sent in the Authorization header, and servers must accept it there."
    "RFC 6750 §2.3" [SecretsInAddresses]
        "A token in an address should not be used, because addresses are logged."
    "RFC 6750 §3" [Errors]
        "A refusal names the scheme in WWW-Authenticate, with an error code if a token came."
    "RFC 6750 §5.3" [TokenTime]
        "Tokens should live for an hour or less and name their audience. They travel over TLS only, \
         and not in addresses."
    "RFC 6797 §7.1" [Transport]
        "Over TLS an answer should have the HSTS header, and never more than one."
    "RFC 6797 §7.2" [Transport]
        "Over http no HSTS header is sent, and the answer should redirect to https."
    "RFC 7009" [SignOut]
        "A client tells the server that a token is no longer needed, and the server makes it invalid."
    "RFC 7515 §4.1.1" [TokenAlgorithm]
        "alg names the algorithm of the signature."
    "RFC 7515 §4.1.2" [TokenKeySource]
        "jku points to a set of public keys, fetched over TLS."
    "RFC 7515 §4.1.3" [TokenKeySource]
        "jwk contains the public key."
    "RFC 7515 §4.1.9" [TokenKind]
        "typ says what the whole object is. The application checks it, not the library of signatures."
    "RFC 7515 §4.1.11" [TokenExtensions]
        "A recipient that does not understand an extension in crit must reject the token."
    "RFC 7515 §7.1" [TokenForm]
        "The compact form: three parts in base64url, with two dots between them."
    "RFC 7518 §3.1" [TokenAlgorithm]
        "The list of algorithms for signatures."
    "RFC 7518 §3.2" [WeakKeys]
        "A key for HMAC is as long as the hash at least."
    "RFC 7518 §3.6" [TokenAlgorithm]
        "none is never accepted by default, only where the application asks for it."
    "RFC 7519 §4.1.3" [TokenAudience]
        "If a token has aud, a recipient that it does not name must reject the token."
    "RFC 7519 §4.1.4" [TokenTime]
        "From exp on the token must not be accepted."
    "RFC 7519 §4.1.5" [TokenTime]
        "Before nbf the token must not be accepted."
    "RFC 7519 §7.2" [TokenForm, TokenExtensions]
        "The steps in which a token is validated."
    "RFC 8725 §3.1" [TokenSignature, TokenAlgorithm]
        "The application fixes the algorithms, one for each key, and verifies by them."
    "RFC 8725 §3.3" [TokenSignature]
        "Every cryptographic operation is validated. If one fails, the token is rejected."
    "RFC 8725 §3.5" [WeakKeys]
        "Keys have enough entropy. A password that people can remember must not be a key of HMAC."
    "RFC 8725 §3.8" [TokenIssuer]
        "The keys belong to the issuer, and the subject is one that the issuer may name."
    "RFC 8725 §3.9" [TokenAudience]
        "An issuer of several audiences states one, and the receiver checks it."
    "RFC 8725 §3.10" [TokenKeySource]
        "Header values such as kid, jku and x5u are input. kid is checked, and an address must be on \
         a list."
    "RFC 8725 §3.11" [TokenKind]
        "typ states the kind of token, where kinds could be confused."
    "RFC 8725 §3.12" [TokenKind]
        "Different kinds of token have validation rules that exclude each other."
    "RFC 9068 §2.1" [TokenKind, TokenForm, TokenSignature]
        "The header of an access token: signed, never none, and typ is at+jwt."
    "RFC 9068 §4" [TokenIssuer, TokenAudience]
        "A resource server checks typ, iss, aud, the signature and exp."
    "RFC 9110 §9.2.1" [ForgedRequests]
        "Safe methods such as GET ask for no change."
    "RFC 9457 §3" [Errors]
        "A problem document can have a type, a title, a status, a detail and an instance."
    "RFC 9700 §4.3.2" [SecretsInAddresses]
        "An access token in an address remains in the browser's history, so it is not put there."
    "RFC 9700 §4.14" [TokenStorage, RefreshTokens]
        "A stolen refresh token gives everything that was granted, so it needs protection."
    "RFC 9700 §4.14.2" [RefreshTokens]
        "Refresh tokens of public clients are bound to the sender or replaced at every use. The reuse \
         of an old one revokes the active one."
}
