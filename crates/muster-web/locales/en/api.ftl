# What the API answers where it does not answer with what was asked for.

api-not-found = there is nothing at this address, or the user or token has no role in the workspace
api-not-found-help = check the path, the workspace and the id
api-method = the address exists, but not with this method
api-method-help = the description of the API at /api/v1/openapi.json lists the methods of each address
api-invalid = the request is not valid
api-invalid-help = compare the request with the description of the API at /api/v1/openapi.json
api-media-type = the body of the request is not declared as JSON
api-media-type-help = send the body as JSON with the header `Content-Type: application/json`
api-too-large = the body of the request is larger than 2 MiB
api-too-large-help = send less in one request
api-foreign = the request has the cookie of a session, but no page of this server sent it
api-foreign-help = programs authenticate with an API token instead of a session
api-rate = more requests arrived than the limit allows
api-rate-help = wait for the number of seconds in the header `Retry-After`
api-expired = the changes after this cursor were deleted at the end of their retention period
api-expired-help = read the employees again, then continue with `after=now`
api-sign-in = the request has no API token that is accepted: it is missing, unknown, expired or revoked
api-sign-in-help = send a token in the header `Authorization: Bearer TOKEN`; an administrator creates tokens
api-role = the request needs the role `{ $value }` or a higher one in this workspace
api-role-help = use a token or a user with this role
api-unavailable = the database does not answer
api-unavailable-help = try again; if it happens again, ask the administrator to look for the number of the request in the log
api-conflict = the present state does not allow the request: the plan is no longer pending, or a job with the same purpose waits or runs
api-conflict-help = read the present state, then decide again
api-changed = what the request changes has changed since the state that `If-Match` names
api-changed-help = read it again and compare
api-repeated = the `Idempotency-Key` was used before with another request
api-repeated-help = use a new key for each request, and the same one only to repeat it
api-refused = a rule refuses the change
api-refused-help = correct the values
api-four-eyes = The token, or the user who created it, started this run or changed its settings, and may not approve its plan.
api-four-eyes-help = Let another user with the role approver or admin approve the plan.
