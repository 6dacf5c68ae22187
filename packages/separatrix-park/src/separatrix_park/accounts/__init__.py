"""Who comes in, and how: invitations, passwords, second factors, sessions, logins by a provider."""
