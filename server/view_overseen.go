package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewMorning opens a table as it was kept.
func (s *Server) viewMorning(kept store.Morning, a asked, req *pb.QueryOverseenRequest) (*pb.StatisticsTable, error) {
	m := &pb.StatisticsTable{}
	raw, err := inflate(kept.Content)
	if err == nil {
		err = proto.Unmarshal(raw, m)
	}
	if err != nil {
		return nil, errors.New("a kept morning does not parse")
	}
	if req.GetSkipMeta() {
		m.MetaData = nil
	}
	return m, nil
}

// viewOverseen makes the whole answer, which is what is kept: not even a unit's new name changes it before the next morning.
func (s *Server) viewOverseen(a asked, shown []statistics.Observation) *pb.StatisticsTable {
	frame := s.frame(a.period, a.asOf)
	sum := sha256.Sum256([]byte(strings.Join([]string{a.office.unit.Code, a.table.ID, a.period.ID(), a.day.String()}, "/")))
	m := &pb.StatisticsTable{
		Dataset: a.table.ID, Title: a.table.Label + " (" + a.table.Unit.Label + ")",
		Rows:     viewObservations(a.table, frame, shown, statistics.Stamp{Updated: a.day.String()}),
		MetaData: viewCodeNames(a.table, frame, shown), AsOfTime: timestamppb.New(a.asOf), Etag: hex.EncodeToString(sum[:16]),
	}
	m.Note = append(m.Note, "Keadaan pukul 06.00 WIB; sama sepanjang hari.")
	if a.table.Needs != statistics.OfLegs {
		m.Note = append(m.Note, "Anak yang tercatat di Sinergi; bukan SSGI dan bukan e-PPGBM.",
			"Prevalensi dengan mutu pengukuran BAD tidak diwarnai di peta.")
	}
	if a.office.small {
		m.Note = append(m.Note, "Angka di bawah 10 tidak ditampilkan.")
	}
	return m
}
