# Where there is nothing, or nothing for this user.
error-not-found = There is nothing at this address
error-not-found-help = The page does not exist, or you may not see it. Check the address, or start from the list of workspaces.
error-sign-in = Sign in first
error-sign-in-help = This address is only for users who are signed in.
error-role = Your role does not allow this
error-role-help = Ask an administrator of the workspace for the role { $value }.
error-form = The form was not accepted
error-form-help = Nothing was changed. The page may be too old, or another site sent the form. Open the page again and repeat the step.
error-too-large = The request is too large
error-too-large-help = Nothing was changed. Choose fewer items and repeat the step.
error-unavailable = Muster cannot read its database
error-unavailable-help = Nothing was changed. Try again in a minute; if the error stays, give the request id to the administrator of the server.
error-home = Workspaces
error-request = Request
