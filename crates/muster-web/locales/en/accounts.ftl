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
