-- What wrk sends to sign in.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"username":"student123","password":"password123"}'
