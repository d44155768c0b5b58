import pytest

from tests.serve.in_memory import Service


@pytest.fixture(scope="session")
def uninterrupted() -> Service:
    """What every other run is compared with."""
    service = Service()
    assert service.runner.run() == "ended"
    return service
