"""The addresses of this room."""

from django.urls import path

from retkoop.identity.views import account, login, recovery, second, security, sessions

urlpatterns = [
    path("", login.root, name="root"),
    path("debut.php", login.old_address, name="old-address"),
    path("connexion/", login.login, name="login"),
    path("connexion/controle/", second.second_factor, name="second-factor"),
    path("connexion/oubli/", login.forgotten, name="forgotten"),
    path("connexion/oubli/envoye/", login.forgotten_sent, name="forgotten-sent"),
    path("deconnexion/", login.logout, name="logout"),
    path("au-revoir/", login.goodbye, name="goodbye"),
    path("choisir/", login.choose, name="choose"),
    path("acces/<str:token>/", login.access, name="access"),
    path("compte/", account.account, name="account"),
    path("compte/mot-de-passe/", account.password, name="account-password"),
    path("compte/adresse/", account.email, name="account-email"),
    path("compte/adresse/<str:token>/", account.confirm, name="account-email-confirm"),
    path("compte/confirmer/", security.prove, name="account-prove"),
    path("compte/securite/", security.security, name="security"),
    path("compte/securite/application/preparer/", security.prepare, name="totp-prepare"),
    path("compte/securite/application/", security.application, name="totp"),
    path("compte/securite/application/image.svg", security.picture, name="totp-picture"),
    path("compte/securite/cle/", security.passkey, name="passkey"),
    path("compte/securite/codes/", security.codes, name="recovery-codes"),
    path("compte/securite/retirer/", security.remove, name="factor-remove"),
    path("compte/sessions/", sessions.sessions, name="sessions"),
    path("compte/sessions/fermer/", sessions.close, name="session-close"),
    path("compte/sessions/partout/", sessions.everywhere, name="sessions-close"),
    path("ad/acces/", recovery.by_association, name="ad-access"),
    path("federation/acces/", recovery.by_federation, name="federation-access"),
    path("compte/securite/arreter/", recovery.stop_own, name="recovery-stop"),
    path("compte/preference/", account.preference, name="account-preference"),
    path("compte/rappels/", account.reminders, name="account-reminders"),
]
