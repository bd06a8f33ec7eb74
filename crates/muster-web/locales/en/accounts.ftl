# Signing in and the first start.
sign-in-title = Sign in
sign-in-wrong = The e-mail address or the password is wrong.
sign-in-wait = { $n ->
    [one] Too many attempts failed. Try again in { $count } second.
   *[other] Too many attempts failed. Try again in { $count } seconds.
}
sign-out = Sign out
password = Password
password-hint = At least 12 characters. A sentence is fine.
password-too-short = The password has fewer than 12 characters.
password-too-long = The password has more than 200 characters.
password-too-common = This password is easy to guess. Choose another one.
form-errors = The form has errors:
setup-title = Set up Muster
setup-text = This link works once and creates the first administrator.
setup-you = You, the first administrator
setup-name = Name
setup-name-missing = Enter your name.
setup-email-invalid = Enter an e-mail address, such as name@example.com.
setup-repeated = Password again
setup-password-differs = The two passwords differ.
setup-create = Create administrator
choose-password-title = Choose a password
choose-password-text = For { $value }. This link works once.
choose-password-button = Save and sign in

account-sessions = Sessions
account-this-session = This session
account-device-unknown = Unknown device
account-end = End
account-end-one = End the session on { $value }
account-password = Change the password
account-password-text = All your other sessions end.
account-current = Current password
account-current-wrong = The current password is wrong.
account-password-button = Change password
account-roles = Your roles
account-no-roles = You have no role in a workspace. An administrator can give you one.
account-everywhere = All workspaces

code-title = Enter your code
code-text = Six digits from the authenticator app of { $value }.
code-label = Code
code-button = Continue
code-wrong = This code is wrong, has expired or was used already. Enter the one that the app shows now.
code-locked = Too many codes were wrong. Use a recovery code.
code-recovery = Use a recovery code
recovery-code-label = Recovery code
recovery-code-wrong = This recovery code is wrong or was used already.
two-step-title = Protect your sign-in
two-step-text = Enter this key in an authenticator app, then enter the six digits that the app shows.
two-step-open = Open in an app on this device
two-step-finish = Finish
two-step-cancel = Back to your account
recovery-codes = Recovery codes
recovery-codes-text = Two-step sign-in is on. If you lose the app, each of these codes signs you in once. Store them now: they are not shown again.
recovery-codes-done = I have stored the codes
account-two-step = Two-step sign-in
account-two-step-off = Sign-in asks for your password only. With an authenticator app, it also asks for a code.
account-two-step-on = Sign-in asks for your password and a code of your authenticator app.
account-two-step-codes = { $n ->
    [one] { $count } recovery code is left.
   *[other] { $count } recovery codes are left.
}
account-two-step-begin = Set up two-step sign-in
account-two-step-remove = Turn off two-step sign-in

forgotten-link = Forgot your password?
forgotten-title = Forgot your password?
forgotten-text = Enter your e-mail address. You get a link with which you choose a new password.
forgotten-button = Send the link
forgotten-sent = If the address has an account, a link is on its way. It works once, for an hour.
forgotten-no-mail = This installation sends no e-mails. Ask an administrator for a link.
forgotten-back = Back to sign-in
forgotten-wait = { $n ->
    [one] Too many links were requested. Try again in { $count } second.
   *[other] Too many links were requested. Try again in { $count } seconds.
}
