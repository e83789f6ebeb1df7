package main

import (
	"fmt"
	"net"
	"strings"

	"github.com/BurntSushi/toml"
)

// policy is what the owner of the platform allows.
type policy struct {
	SMSMaxLength     int      `toml:"sms_max_length"`
	ForbiddenWords   []string `toml:"forbidden_words"`
	ForbiddenActions []string `toml:"forbidden_actions"`
}

// config is the section [validatord], and the token of [auth].
type config struct {
	Bind   string `toml:"bind"`
	Wire   string `toml:"wire"`
	Policy policy `toml:"policy"`
	Token  string `toml:"-"`
}

// loadConfig reads the file that all daemons share. Sections of other daemons are theirs; in the own one an unknown key
// is an error, because a misspelled one would otherwise be a setting that is silently not set.
func loadConfig(path string) (config, error) {
	file := struct {
		Validatord config `toml:"validatord"`
		Auth       struct {
			Token string `toml:"token"`
		} `toml:"auth"`
	}{}
	own := &file.Validatord
	own.Wire = "flat"
	own.Policy = policy{SMSMaxLength: 160, ForbiddenActions: []string{"delete_all", "disable_audit"}}
	found, err := toml.DecodeFile(path, &file)
	if err != nil {
		return config{}, fmt.Errorf("%s: %w", path, err)
	}
	for _, key := range found.Undecoded() {
		if key[0] == "validatord" {
			return config{}, fmt.Errorf("%s: unknown key %s", path, key)
		}
	}
	own.Token = file.Auth.Token
	if err := own.check(); err != nil {
		return config{}, fmt.Errorf("%s: %w", path, err)
	}
	return *own, nil
}

func (c config) check() error {
	host, _, err := net.SplitHostPort(c.Bind)
	switch {
	case c.Bind == "":
		return fmt.Errorf("validatord.bind is missing")
	case err != nil:
		return fmt.Errorf("validatord.bind: %w", err)
	case c.Wire != "flat" && c.Wire != "tagged":
		return fmt.Errorf("validatord.wire: %q is neither flat nor tagged", c.Wire)
	case c.Policy.SMSMaxLength < 1:
		return fmt.Errorf("validatord.policy.sms_max_length must be positive")
	case c.Token == "" && !isLoopback(host):
		return fmt.Errorf("refuses to bind %s: off loopback it needs [auth] token", c.Bind)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}
