// Package handlers is the program's HTTP surface: what Slack calls, and what operators call.
//
//	                    ┌─ POST /slack/{events,interactions,commands} ──▶ Slack: slackapp
//	                    ├─ GET  /slack/{install,oauth_redirect} ────────▶ Installer
//	:8080 ──▶ Public ───┤
//	                    ├─ POST /helpdesk/{kind} ──▶ DeskWebhook
//	                    └─ GET  /healthz
//
//	                    ┌─ GET /metrics          our registry
//	:8081 ──▶ Admin ────┼─ GET /healthz, /readyz  alive; fit for work
//	                    ├─ GET /report           how the team did
//	                    └─ GET /debug/pprof/
//
// Handlers return errors. respond is the one place that turns them into status codes, so that a
// code means the same everywhere.
package handlers
