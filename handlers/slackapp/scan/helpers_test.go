package scan

import (
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const secret = "simulated-signing-secret"

func plain(text string) slacktest.Message { return slacktest.Message{Text: text} }
