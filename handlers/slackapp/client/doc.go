// Package client calls Slack's Web API.
//
//	Call, or a method of API ─▶ token ─▶ HTTP ─▶ answer, decoded tolerantly
//	                              │        │        │
//	                              └────────┴────────┴─▶ judge ─▶ *queue.Error: what the failure means for a job
//
// Each call is measured by its method and by what it came to. Nothing is tried again here: that is for the
// queue, which knows from the error whether to wait, to look whether the call went through, or to give up.
package client
