// Package install puts SLA Buddy into workspaces and keeps their tokens.
//
//	browser ── GET /slack/install ──▶ state, cookie ──▶ Slack: "Allow?"
//	                                                        │
//	browser ◀── GET /slack/oauth_redirect?code&state ◀──────┘
//	   state fits the cookie? not older than ten minutes? not used before?
//	        └─▶ oauth.v2.access ─▶ scopes suffice? ─▶ sealed, saved ─▶ gate open ─▶ what to do next
//
// An installation's life:
//
//	            install                    app_uninstalled, tokens_revoked
//	nothing ─────────────▶ in force ────────────────────────────────────▶ ended: gate shut, jobs held
//	                        ▲  ▲ │ install again: a new token                │
//	                        │  └─┘                                           │
//	                        └────────────────── install ────────────────────┘
//
// Tokens answers from memory what the token of a workspace is. The state lives in the cookie and in
// the address alone, under a key derived from SLABUDDY_ENCRYPTION_KEY, so that any replica can finish
// what another began.
package install
