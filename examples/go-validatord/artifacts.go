package main

import "regexp"

var (
	phone   = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	address = regexp.MustCompile(`^[^\s@"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
)

type candidate struct{ id, name string }

type fill struct {
	role, location string
	count          int
	candidates     []candidate
}

type message struct {
	to            []string
	subject, body string
}

type step struct {
	id, action string
	after      []string
}

type playbook struct {
	name  string
	steps []step
}

// checkContext is what an artifact is checked against; what is absent is not checked.
type checkContext struct {
	role, location               string
	count                        int
	has                          map[string]any
	excluded, mentions, optedOut []string
}

// request is what POST /v1/validate is asked.
type request struct {
	kind     string
	artifact any
	context  checkContext
}

// readRequest gives the request, or what is malformed about it; an artifact's shape is a fault, not a bad request.
func readRequest(document any) (request, *problem) {
	s := &shape{}
	if _, ok := document.(map[string]any); !ok {
		return request{}, &problem{"", "must be an object"}
	}
	fields := s.object("", document, "kind", "artifact", "context?")
	if s.first != nil {
		return request{}, s.first
	}
	asked := request{kind: s.text("kind", fields["kind"]), artifact: fields["artifact"]}
	if checks[asked.kind] == nil {
		s.blame("kind", "must be fill, email, sms or playbook")
	}
	if context, there := fields["context"]; there {
		asked.context = readContext(s, context)
	}
	return asked, s.first
}

func readContext(s *shape, value any) checkContext {
	fields := s.object("context", value, "role?", "location?", "count?", "excluded?", "mentions?", "opted_out?")
	context := checkContext{has: fields}
	text := func(name string, into *string) {
		if value, there := fields[name]; there {
			*into = s.text("context."+name, value)
		}
	}
	texts := func(name string, into *[]string) {
		if value, there := fields[name]; there {
			*into = list(s, "context."+name, value, s.text)
		}
	}
	text("role", &context.role)
	text("location", &context.location)
	texts("excluded", &context.excluded)
	texts("mentions", &context.mentions)
	texts("opted_out", &context.optedOut)
	if value, there := fields["count"]; there {
		context.count = s.count("context.count", value)
	}
	return context
}

func readFill(s *shape, value any) fill {
	fields := s.object("", value, "role", "location", "count", "candidates")
	return fill{
		role:     s.text("role", fields["role"]),
		location: s.text("location", fields["location"]),
		count:    s.count("count", fields["count"]),
		candidates: list(s, "candidates", fields["candidates"], func(path string, item any) candidate {
			one := s.object(path, item, "id", "name")
			return candidate{id: s.name(path+".id", one["id"]), name: s.text(path+".name", one["name"])}
		}),
	}
}

func readEmail(s *shape, value any) message {
	fields := s.object("", value, "to", "subject", "body")
	to := list(s, "to", fields["to"], func(path string, item any) string {
		return s.matching(path, item, address, "must be an e-mail address")
	})
	if len(to) == 0 {
		s.blame("to", "must not be empty")
	}
	return message{to: to, subject: s.text("subject", fields["subject"]), body: s.text("body", fields["body"])}
}

func readSMS(s *shape, value any) message {
	fields := s.object("", value, "to", "body")
	to := s.matching("to", fields["to"], phone, "must be a phone number like +15550100123")
	return message{to: []string{to}, body: s.text("body", fields["body"])}
}

func readPlaybook(s *shape, value any) playbook {
	fields := s.object("", value, "name", "steps")
	return playbook{
		name: s.text("name", fields["name"]),
		steps: list(s, "steps", fields["steps"], func(path string, item any) step {
			one := s.object(path, item, "id", "action", "after?")
			read := step{id: s.name(path+".id", one["id"]), action: s.name(path+".action", one["action"])}
			if after, there := one["after"]; there {
				read.after = list(s, path+".after", after, s.text)
			}
			return read
		}),
	}
}
