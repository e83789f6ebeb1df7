package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
)

// problem is one thing that has the wrong shape, by the path of its field; no field: the whole.
type problem struct{ field, reason string }

func (p problem) String() string {
	if p.field == "" {
		return "the body " + p.reason
	}
	return "the body is invalid: " + p.field + " " + p.reason
}

// shape reads decoded JSON and keeps the first problem: what is read after it is zero and does not matter.
type shape struct{ first *problem }

func (s *shape) blame(field, reason string) {
	if s.first == nil {
		s.first = &problem{field, reason}
	}
}

// object reads an object that may hold these fields and no others. An optional one ends in "?".
func (s *shape) object(path string, value any, fields ...string) map[string]any {
	object, ok := value.(map[string]any)
	if !ok {
		s.blame(orWhole(path), "must be an object")
		return nil
	}
	known := map[string]bool{}
	for _, field := range fields {
		name, optional := field, field[len(field)-1] == '?'
		if optional {
			name = field[:len(field)-1]
		}
		known[name] = true
		if _, there := object[name]; !there && !optional {
			s.blame(join(path, name), "is missing")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !known[name] {
			s.blame(join(path, name), "is not a field of this kind")
		}
	}
	return object
}

func (s *shape) text(path string, value any) string {
	text, ok := value.(string)
	if !ok {
		s.blame(path, "must be text")
	}
	return text
}

func (s *shape) name(path string, value any) string {
	text := s.text(path, value)
	if text == "" {
		s.blame(path, "must not be empty")
	}
	return text
}

func (s *shape) matching(path string, value any, form *regexp.Regexp, reason string) string {
	text := s.text(path, value)
	if !form.MatchString(text) {
		s.blame(path, reason)
	}
	return text
}

// count reads a whole number above zero; 2.0 is one, too.
func (s *shape) count(path string, value any) int {
	number, ok := value.(json.Number)
	float, err := number.Float64()
	if !ok || err != nil || float != math.Trunc(float) || float < 1 || float > 1<<53 {
		s.blame(path, "must be a whole number above zero")
		return 0
	}
	return int(float)
}

// list reads each item with its path.
func list[T any](s *shape, path string, value any, read func(path string, item any) T) []T {
	items, ok := value.([]any)
	if !ok {
		s.blame(path, "must be a list")
	}
	all := make([]T, 0, len(items))
	for i, item := range items {
		all = append(all, read(fmt.Sprintf("%s[%d]", path, i), item))
	}
	return all
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

func orWhole(path string) string {
	if path == "" {
		return "artifact"
	}
	return path
}
