// Sinergi carries one client's need from one agency to another and back: who asked, who owes the next step, by when, and
// how it ended; and it keeps from everybody else that there was anything at all.
//
// The program is one binary. The operator's commands are in package server, the users' in client/cli; here they are put into
// one grammar. Begin with README.md, or with `go run . demo`.
package main

import (
	"context"
	"os"

	"github.com/sinergi-pug/sinergi/client/cli"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// commands is the whole grammar. A noun that operators and users share stands here.
type commands struct {
	cli.Commands

	Serve        server.Serve        `cmd:"" help:"The service."`
	Verify       server.Verify       `cmd:"" help:"Open every sealed column, check that each row has its entry and each open thing its duty."`
	BreachReport server.BreachReport `cmd:"" help:"Whose records an account has seen or changed; on the server's machine, while it is stopped."`
	Unit         struct {
		List    cli.UnitList    `cmd:"" help:"Units by code, with what they offer."`
		Show    cli.UnitShow    `cmd:"" help:"One unit."`
		Officer cli.UnitOfficer `cmd:"" help:"Name who takes what nobody else has taken."`
		Load    server.UnitLoad `cmd:"" help:"Make or change units from a CSV file; on the server's machine, while it is stopped."`
	} `cmd:"" help:"The directory of units."`
	Region struct {
		List cli.RegionList    `cmd:"" help:"Codes and names of the regency, its kecamatan and villages."`
		Load server.RegionLoad `cmd:"" help:"Take another regency's codes from a CSV file; on the server's machine, while it is stopped."`
	} `cmd:"" help:"Codes and names of places."`
	User struct {
		Load server.UserLoad `cmd:"" help:"Make accounts from a CSV file; on the server's machine, while it is stopped."`
	} `cmd:"" help:"Accounts."`
	Calendar struct {
		Load server.CalendarLoad `cmd:"" help:"Holidays, working hours or deadlines from a CSV file; on the server's machine, while it is stopped."`
	} `cmd:"" help:"What due times follow from."`
	Admin struct {
		AcceptClock server.AcceptClock   `cmd:"" help:"Say that a clock which ran ahead is right; on the server's machine, while it is stopped."`
		Coordinate  server.Coordinate    `cmd:"" help:"Name the unit that is told of what stays undone longest; on the server's machine, while it is stopped."`
		Restored    server.DataRestored  `cmd:"" help:"Say that the data come from an older copy: what could have been released since waits for the reviewer; while it is stopped."`
		Walidata    server.Walidata      `cmd:"" help:"Name the unit that gives published figures to the open-data portal; on the server's machine, while it is stopped."`
		SetupLink   server.SetupLinkMake `cmd:"" help:"Make another link of the first administrator, while there is none; on the server's machine, while it is stopped."`
	} `cmd:"" help:"The operator's word on the server itself."`
	Token struct {
		Create server.TokenCreate `cmd:"" help:"A credential of one role, shown once; on the server's machine, while it is stopped."`
	} `cmd:"" help:"Credentials."`
	Key struct {
		List   server.KeyList   `cmd:"" help:"Which keys there are and when each changes; none of them is shown."`
		Rotate server.KeyRotate `cmd:"" help:"Change keys before their time; on the server's machine, while it is stopped. By themselves they change while it runs."`
		Renew  server.KeyRenew  `cmd:"" help:"A new data key for one person, household or account, on suspicion; on the server's machine, while it is stopped."`
	} `cmd:"" help:"The keys under which everything is sealed."`
	Erased struct {
		List   server.ErasedList   `cmd:"" help:"The list of the erased: marks that name nobody. Keep the newest apart from the copies of the data."`
		Repeat server.ErasedRepeat `cmd:"" help:"Erase again, in data restored from an older copy, whoever was erased since."`
	} `cmd:"" help:"Erasures."`
	Config struct {
		Print server.ConfigPrint `cmd:"" help:"The effective configuration and the source of each value."`
	} `cmd:"" help:"Configuration."`
}

func main() {
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(cli.Run(&commands{}, os.Args[1:], streams, cli.Start(startRegency), cli.BareWrites(store.BareWrites)))
}

// startRegency serves a made-up regency, for the demo on the demo's clock. Its tokens carry a fresh second factor, which no API gives.
func startRegency(ctx context.Context, at cli.Place) (cli.Addresses, error) {
	server.Tune()
	served, err := server.ServeRegency(ctx, server.RegencyConfig{
		Dir: at.Dir, Database: at.Database, Fresh: at.Database != "", HTTP: at.HTTP, GRPC: at.GRPC, Now: at.Clock, Unlimited: at.Unlimited,
		Limits: server.Limits{PeerPerSecond: 1000, PeerBurst: 1000, AccountPerSecond: 1000, AccountBurst: 1000}, // it plays a year in seconds
	})
	if err != nil {
		return cli.Addresses{}, err
	}
	where := cli.Addresses{HTTP: served.HTTP, GRPC: served.GRPC, Sweep: served.Sweep, Wait: served.Wait}
	where.SignIn = func(ctx context.Context, code, unit string) (string, error) {
		token, _, err := server.IssueToken(ctx, served.Store, code, unit, 0)
		return token, err
	}
	for _, u := range served.Users {
		if u.Role == "APP" {
			where.AppTokens = append(where.AppTokens, cli.AppToken{Code: u.Code, Unit: u.Unit, Token: u.Token})
			continue
		}
		where.Accounts = append(where.Accounts, cli.Account{Code: u.Code, Role: u.Role, Unit: u.Unit, UnitType: u.UnitType, Name: u.Name, Token: u.Token})
	}
	return where, nil
}
