package slacktest_test

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// A help desk posts a ticket, Slack accepts a reminder and loses the answer.
func Example() {
	w := slacktest.New(slacktest.Options{})
	defer w.Close()
	w.AddChannel(slacktest.Channel{ID: "C0ENTERPRISE", Name: "enterprise"})
	desk := w.AddApp(slacktest.App{Name: "Zendesk", Classic: true})
	ts, err := w.PostAs(desk.ID, "C0ENTERPRISE", desks.Fields(desks.Ticket{ID: "42", Priority: "high"}))
	if err != nil {
		fmt.Println(err)
		return
	}

	w.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: slacktest.Status(500).AfterAccepting()})
	bot := slack.New(w.Options().Token, slack.OptionAPIURL(slacktest.APIURL), slack.OptionHTTPClient(w.Client()))
	_, _, err = bot.PostMessageContext(context.Background(), "C0ENTERPRISE", slack.MsgOptionTS(ts), slack.MsgOptionText("Nobody has answered ticket 42", false))

	fmt.Println(err)
	fmt.Println(w.Thread("C0ENTERPRISE", ts)[1].Text)
	// Output:
	// slack server error: 500 Internal Server Error
	// Nobody has answered ticket 42
}
