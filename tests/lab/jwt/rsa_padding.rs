//! RSA signatures whose padding was made wrong with the private key of RFC 7515, appendix A.2: whoever
//! reads the padding loosely accepts them, and then accepts some that were made without the key.
//!
//! No key of the portal is an RSA key. The weak arm of `jwt-key-source` takes one from a token.

use serde_json::json;
use session_lab::jwt::verify::TokenCheck;

use super::vectors_of_the_rfcs::{PAYLOAD, refused_by};

/// The modulus of the key.
const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-\
     Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-\
     pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-\
     bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-\
     UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-\
     DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

/// The example's own signature.
const RIGHT: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-\
     0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--\
     f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--\
     xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AX\
     LIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// What is wrong with the padding, and the signature.
const LOOSE: &[(&str, &str)] = &[
    (
        "bytes after the hash, and eight of padding",
        "Romufe8odatJecnFrGBa20Nh3BjpJA4mJE6216Vgojav28NEF3vbbGDS9hakNm0WBg3G_j8BHcz0XZYO5TlbNK\
     zytW4-\
     iNH7VSeOLabqkXiKfGuIS26rUFDSjVxRTwgoST7vBnYghFfDqx5INr0FznjUMhM1bpI4uUf3QNLzGA_3YFEHs_\
     g4x2OKvHX83-S4vCZlCyvZTA-uDAX5gGmWmmRiLix638Wy77-2iZ72_f0f4RXS55---XfOxv43Y9BAGb8XFctf\
     IKvWRcjxcvQASTaAGB8M1kCGosCT8uynJBdagmGHZcN71zugZy7frZuWG2eRoJXd2aTAOvVtoTamtQ",
    ),
    (
        "the algorithm without its NULL",
        "m5Ox2gAv_JWF66B2GuC8miTYnFWM_f9YrHIzyPEaaV8eLCKmIcXoSkf4ms2sv3jyhT_6SDi_lu4IHH4UiUsWuT\
     wyJyrT6tvmBEedYISjANMFNfyU7HmhKQdfkAWQkmoT0VfTsHPlq68LI3QytkKdEHbasZ56c1TsaeQWxsXBfosG\
     WdnhzdQDORwWMlhGX_vwx1fVw9zXTvQDIyYTOqbjS-xQkKosWwxDRyrb8Ccjm7dL_36FPqMrpSsJ8IA4rXCVKR\
     HQNXogzJYwbbPloAdwI5gQ7K-v0cxcmJtbBd_T0RyLoUhIZjiBRX43gshzmreMEwu5GQ8TbTGmitLs5mqtVA",
    ),
    (
        "one byte of the padding is another",
        "aBWsSxVfx0s9FdQx38est2iuGFx1VvYZqWB6qXP4zu5okAF_rR0y3RMXMLkUpYuYYW_MHPWHkz02Z9iG4gDht_\
     NQVdVvT67_ThmefEzG3EubBOrfrRlBZnuzt1-\
     UC2Wins46_YBkhj0ZEMfYi9nHsl2McaIedElkNB8CvHMOOZHVthum1CZkS6aTxATsjUF3djNAylgHB0nHUWGtA\
     qK_6gX2PIrWOcNJSxrPFNZvlgAe4sIs38vn9X7kGmF8_XVXbb97rwkehWr_AKeYOGoefJQaSEaH-\
     CbLeNwXleT0Foi-CtGAHQsu8MCrVl4F2FKkMIBVKBt8WMzVzizavos2og",
    ),
    (
        "the padding of encryption",
        "HdBWwXW2lg7XFurUJoXNyu7syoSqJr62gFRyLACf-uqL-\
     D5gxblxdW5EhpgfKHqOwUCdSGR0X2ohoRG59xxviS0TEJrAhSIWQ2qWYzAzkV86OFh4hASy9X6c4ikekjpo-ef\
     9Rgrwb6swYYkgFmFmHsgyWqqA9IDU2AtECdbbWhdPvtUtIlJNs8JgrulacKUg_R8-\
     3FLWh3_tSrIzaLbGXiye2fafpFBcQAG8YPAZmooLjkje44Mfv3-\
     slp2U9KVqYGdlWlEP8rcNCLtePpdbTR0zMl8o0X1rKVB4vEpVNkYTPeD0VHZX_mWKgad4zg_J2_0BBlfJJDn8s\
     Oaxzq6iDA",
    ),
    (
        "the hash without its algorithm",
        "kz1vfQPMFNyxbDJlcUhKUIeumoPgJ-\
     62fUvIDDdwyar6_abIXmvJzmpeCOLe1kwQrTzURVrQ3XPSW7R4CiZM5pUS3T_WjPLN-Pj76idF4_3CGJfFf5ut\
     uQldr2h57hODO70xggMx6Jw6BUEVOZb5EOVNF0L5COPTA0VHRl63PHovrnVWK4Np7rY91UzNblrT1CFDHr0v-\
     6Wc9zmLAmQYfTiIHIYfzGpLzLN19KOA4XsLg76SVOePkGxv5VZJNVSmOmIQ_aWmPkflz2RDLddSy9AMiI4BuhW\
     UilJrV1ZmxQZcviBhwSO-vdaDgU28cHxZ5dCPaa3ULp4g46FBkvBF0A",
    ),
];

#[test]
fn an_rsa_signature_with_loose_padding_is_refused() {
    let key = json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" });
    let refused =
        |signature| refused_by(&format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{signature}"), &key);
    assert_eq!(refused(RIGHT), None);
    for (what, signature) in LOOSE {
        assert_eq!(refused(signature), Some(TokenCheck::Signature), "{what}");
    }
}
