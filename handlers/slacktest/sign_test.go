package slacktest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// The example of docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSignMatchesSlacksOwnExample(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
		"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
		"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	got := slacktest.Sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", []byte(body))
	want := "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got != want {
		t.Errorf("Sign = %s, want %s", got, want)
	}
}

func TestSignedRequestIsAcceptedByAnotherImplementation(t *testing.T) {
	body := []byte(`{"type":"event_callback"}`)
	r := must(http.NewRequest(http.MethodPost, "http://app.test/slack/events", nil))(t)
	slacktest.SignRequest(r, "secret", time.Now(), body)
	for secret, accepted := range map[string]bool{"secret": true, "another": false} {
		v := must(slack.NewSecretsVerifier(r.Header, secret))(t)
		must(v.Write(body))(t)
		if err := v.Ensure(); (err == nil) != accepted {
			t.Errorf("under %q: %v", secret, err)
		}
	}
}
