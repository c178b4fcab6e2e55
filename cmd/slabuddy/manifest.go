package main

import (
	"github.com/slabuddy/slabuddy/handlers/slackapp/manifest"
)

type manifestCmd struct {
	URL    string `name:"url" help:"Where Slack reaches the bot, such as https://slabuddy.example.com." placeholder:"https://…"`
	Socket bool   `help:"For Socket Mode: the bot calls Slack, and needs no public address."`
}

// Validate lets kong refuse what no manifest can be written for.
func (cmd manifestCmd) Validate() error {
	_, err := manifest.Write(manifest.Options{URL: cmd.URL, Socket: cmd.Socket})
	return err
}

func (cmd manifestCmd) Run(in *invocation) error {
	out, err := manifest.Write(manifest.Options{URL: cmd.URL, Socket: cmd.Socket})
	if err != nil {
		return err
	}
	_, err = in.stdout.Write(out)
	return err
}
