package generated

import "example.com/client/internal/wire"

const ContractVersion = "1.1.0"

type Thing struct {
	ID   int64
	Set  bool
	Size *int64
}

type New struct{}

type ThingsService struct{}

func (s *ThingsService) Get(id int64, all bool, opts ...wire.Option) (*Thing, error) { return nil, nil }

func (s *ThingsService) List(opts ...wire.Option) ([]Thing, error) { return nil, nil }
