// Package scan finds what Slack's events did not bring: it reads the watched channels' history, and the
// threads of open tickets, and hands each message to the App as if Slack had sent it.
package scan
