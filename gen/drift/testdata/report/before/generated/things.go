package generated

import "example.com/client/internal/wire"

const ContractVersion = "1.0.0"

type Thing struct {
	ID  int64
	Set string
}

type Old struct{}

type ThingsService struct{}

func (s *ThingsService) Get(id int64, opts ...wire.Option) (*Thing, error) { return nil, nil }
