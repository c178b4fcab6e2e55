// Command slabuddy keeps support teams inside their SLAs, in Slack.
//
//	cli.go: commands, flags, help ─▶ a file a command: serve, check, report, queue … ─▶ app, which is the bot; or store, config …
//
// There is a file for each command, so there are many; database.go and output.go are what they share. The commands are
// thin: what decides is in escalation, what knows Slack in handlers/slackapp, and app joins the two. Tests here run the
// built program against a simulated Slack, help desk and calendar.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones, where the machine brings none

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, config.Slips(os.Environ()), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
