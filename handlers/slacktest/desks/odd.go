package desks

import (
	"encoding/json"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// OddMessage is one that nobody's client library reads, from some other app in the channel.
func OddMessage() slacktest.Message {
	return slacktest.Message{Text: "Deploy finished", Attachments: OddAttachments(), Blocks: OddBlocks()}
}

// OddAttachments break the documented types: an id that is a word, numbers for strings, a float
// for a size, an unknown action.
func OddAttachments() json.RawMessage {
	return json.RawMessage(`[{"id":"one","text":12,"image_bytes":12.0,"fallback":null,
		"fields":[{"title":"Build","value":42,"short":"true"}],"actions":[{"type":"teleport","id":7}]}]`)
}

// OddBlocks have elements that no reference knows.
func OddBlocks() json.RawMessage {
	return json.RawMessage(`[{"type":"actions","block_id":"x","elements":[{"type":"hologram","depth":3}]},
		{"type":"mood_ring","colour":["green",1]},{"type":"section","text":"not an object"}]`)
}

// OddMessages gives every message of a batch an attachment and blocks of the kind that strict
// clients choke on: ids as words, numbers for strings, unknown elements.
func OddMessages() slacktest.Effect {
	return slacktest.Alter(func(answer map[string]any) {
		messages, _ := answer["messages"].([]any)
		for _, m := range messages {
			if message, ok := m.(map[string]any); ok {
				message["attachments"] = OddAttachments()
				message["blocks"] = OddBlocks()
			}
		}
	})
}
