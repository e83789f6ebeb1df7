package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// fault is what is wrong with an artifact. Checks go from the shape to the policy and stop at the first.
type fault struct{ kind, field, reason string }

// render spells it in the configured wire form.
func (f fault) render(wire string) map[string]any {
	if wire == "flat" {
		return map[string]any{"Kind": strings.ToLower(f.kind), "Field": f.field, "Reason": f.reason}
	}
	return map[string]any{f.kind: map[string]string{"field": f.field, "reason": f.reason}}
}

type checkFunc func(s *shape, artifact any, context checkContext, policy policy) (*fault, []string)

var checks map[string]checkFunc

func init() {
	checks = map[string]checkFunc{
		"fill": func(s *shape, artifact any, context checkContext, _ policy) (*fault, []string) {
			return checkFill(readFill(s, artifact), context), nil
		},
		"email": func(s *shape, artifact any, context checkContext, policy policy) (*fault, []string) {
			return checkEmail(readEmail(s, artifact), context, policy)
		},
		"sms": func(s *shape, artifact any, context checkContext, policy policy) (*fault, []string) {
			return checkSMS(readSMS(s, artifact), context, policy)
		},
		"playbook": func(s *shape, artifact any, _ checkContext, policy policy) (*fault, []string) {
			return checkPlaybook(readPlaybook(s, artifact), policy), nil
		},
	}
}

// check gives the first fault, or remarks on what is allowed but odd.
func check(asked request, policy policy) (*fault, []string) {
	s := &shape{}
	found, warnings := checks[asked.kind](s, asked.artifact, asked.context, policy)
	if s.first != nil {
		return &fault{"Schema", s.first.field, s.first.reason}, nil
	}
	return found, warnings
}

func checkFill(f fill, context checkContext) *fault {
	for _, part := range []struct{ field, text string }{{"role", f.role}, {"location", f.location}} {
		if strings.TrimSpace(part.text) == "" {
			return &fault{"Completeness", part.field, "is empty"}
		}
	}
	for i, one := range f.candidates {
		if strings.TrimSpace(one.name) == "" {
			return &fault{"Completeness", fmt.Sprintf("candidates[%d].name", i), "is empty"}
		}
	}
	if len(f.candidates) < f.count {
		return &fault{"Completeness", "candidates", fmt.Sprintf("%d of %d places are filled", len(f.candidates), f.count)}
	}
	for i, one := range f.candidates {
		same := func(other candidate) bool { return other.id == one.id }
		if slices.ContainsFunc(f.candidates[:i], same) {
			return &fault{"Consistency", fmt.Sprintf("candidates[%d].id", i), fmt.Sprintf("%q is proposed twice", one.id)}
		}
	}
	if len(f.candidates) > f.count {
		return &fault{"Consistency", "candidates", fmt.Sprintf("%d people for %d places", len(f.candidates), f.count)}
	}
	for _, part := range []struct {
		field         string
		ordered, here any
	}{
		{"role", context.role, f.role}, {"location", context.location, f.location}, {"count", context.count, f.count},
	} {
		if _, asked := context.has[part.field]; asked && part.ordered != part.here {
			return &fault{"Consistency", part.field, fmt.Sprintf("is %v, but the order says %v", part.here, part.ordered)}
		}
	}
	for i, one := range f.candidates {
		if slices.Contains(context.excluded, one.id) {
			return &fault{"Policy", fmt.Sprintf("candidates[%d].id", i), fmt.Sprintf("%q is excluded from this order", one.id)}
		}
	}
	return nil
}

func checkEmail(email message, context checkContext, policy policy) (*fault, []string) {
	if strings.TrimSpace(email.subject) == "" {
		return &fault{"Completeness", "subject", "is empty"}, nil
	}
	if found := checkMessage(email, context, policy); found != nil {
		return found, nil
	}
	if strings.ContainsAny(email.subject, "\r\n") {
		return &fault{"Policy", "subject", "holds a line break"}, nil
	}
	// RFC 5322, 2.1.1: some mail programs fold or cut longer lines.
	if utf8.RuneCountInString(email.subject) > 78 {
		return nil, []string{"subject is longer than 78 characters"}
	}
	return nil, nil
}

func checkSMS(sms message, context checkContext, policy policy) (*fault, []string) {
	if found := checkMessage(sms, context, policy); found != nil {
		return found, nil
	}
	if length := utf8.RuneCountInString(sms.body); length > policy.SMSMaxLength {
		reason := fmt.Sprintf("has %d characters; at most %d are allowed", length, policy.SMSMaxLength)
		return &fault{"Policy", "body", reason}, nil
	}
	if strings.Contains(sms.body, "http://") || strings.Contains(sms.body, "https://") {
		return nil, []string{"body holds a link; some networks withhold those"}
	}
	return nil, nil
}

var (
	placeholder    = regexp.MustCompile(`\{\{?\s*\w+\s*\}?\}`)
	socialSecurity = regexp.MustCompile(`\b\d{3}-\d{2}-\d{4}\b`)
)

// checkMessage is what e-mail and text messages have in common.
func checkMessage(m message, context checkContext, policy policy) *fault {
	if strings.TrimSpace(m.body) == "" {
		return &fault{"Completeness", "body", "is empty"}
	}
	if left := placeholder.FindString(m.body); left != "" {
		return &fault{"Completeness", "body", left + " is not filled in"}
	}
	lower := strings.ToLower(m.body)
	for _, name := range context.mentions {
		if !strings.Contains(lower, strings.ToLower(name)) {
			return &fault{"Consistency", "body", fmt.Sprintf("does not mention %q", name)}
		}
	}
	for _, to := range m.to {
		if slices.Contains(context.optedOut, to) {
			return &fault{"Policy", "to", to + " asked not to be written to"}
		}
	}
	if socialSecurity.MatchString(m.body) {
		return &fault{"Policy", "body", "holds what looks like a social security number"}
	}
	for _, word := range policy.ForbiddenWords {
		if strings.Contains(lower, strings.ToLower(word)) {
			return &fault{"Policy", "body", fmt.Sprintf("holds the forbidden word %q", word)}
		}
	}
	return nil
}

func checkPlaybook(p playbook, policy policy) *fault {
	if strings.TrimSpace(p.name) == "" {
		return &fault{"Completeness", "name", "is empty"}
	}
	if len(p.steps) == 0 {
		return &fault{"Completeness", "steps", "has no step"}
	}
	known := map[string]bool{}
	for i, one := range p.steps {
		if known[one.id] {
			return &fault{"Consistency", fmt.Sprintf("steps[%d].id", i), fmt.Sprintf("%q is used twice", one.id)}
		}
		known[one.id] = true
	}
	earlier := map[string]bool{}
	for i, one := range p.steps {
		for _, id := range one.after {
			if earlier[id] {
				continue
			}
			reason := fmt.Sprintf("there is no step %q", id)
			if known[id] {
				reason = fmt.Sprintf("%q comes later", id)
			}
			return &fault{"Consistency", fmt.Sprintf("steps[%d].after", i), reason}
		}
		earlier[one.id] = true
	}
	for i, one := range p.steps {
		if slices.Contains(policy.ForbiddenActions, one.action) {
			return &fault{"Policy", fmt.Sprintf("steps[%d].action", i), fmt.Sprintf("%q is not allowed in a playbook", one.action)}
		}
	}
	return nil
}
