// Command validatord is validatord in Go: the worked example of docs/replacing-a-daemon.md.
//
// What it must keep is a contract over HTTP (lakehouse/validatord/README.md) and the manners of a daemon of this
// platform: bind loudly, say where, answer /health, stop on SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	// Requests in flight at SIGTERM have this long.
	grace = 5 * time.Second
	// A client that sends its request drop by drop is cut off.
	readTimeout = 10 * time.Second
)

func main() {
	path := flag.String("config", os.Getenv("LAKEHOUSE_CONFIG"), "the TOML configuration `file`")
	flag.Parse()
	if flag.NArg() > 0 || *path == "" {
		refuse(2, "usage: validatord -config file.toml")
	}
	settings, err := loadConfig(*path)
	if err != nil {
		refuse(2, err.Error())
	}
	if err := serve(settings); err != nil {
		refuse(1, err.Error())
	}
}

// refuse ends the process with one line that says why: 2 for a wrong configuration, 1 for anything else.
func refuse(code int, reason string) {
	fmt.Fprintf(os.Stderr, "validatord: %s\n", reason)
	os.Exit(code)
}

// serve listens until SIGTERM or SIGINT. The address is bound first, so that a second copy dies on it and nowhere else.
func serve(settings config) error {
	listener, err := net.Listen("tcp", settings.Bind)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", settings.Bind, err)
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "validatord")
	address := listener.Addr().String()
	log.Info("listening", "address", address, "url", "http://"+address)

	server := &http.Server{
		Handler:           newHandler(settings),
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	select {
	case err := <-served:
		return err
	case <-stop.Done():
	}
	deadline, release := context.WithTimeout(context.Background(), grace)
	defer release()
	if err := server.Shutdown(deadline); errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests still in flight after the grace; closing their connections")
		return server.Close()
	} else if err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
