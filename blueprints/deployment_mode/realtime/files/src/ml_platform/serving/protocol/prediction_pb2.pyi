import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PredictRequest(_message.Message):
    __slots__ = ("entity_key",)
    ENTITY_KEY_FIELD_NUMBER: _ClassVar[int]
    entity_key: str
    def __init__(self, entity_key: _Optional[str] = ...) -> None: ...

class PredictResponse(_message.Message):
    __slots__ = ("score", "decision", "model_name", "model_version", "feature_timestamp")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_VERSION_FIELD_NUMBER: _ClassVar[int]
    FEATURE_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    score: float
    decision: bool
    model_name: str
    model_version: str
    feature_timestamp: _timestamp_pb2.Timestamp
    def __init__(self, score: _Optional[float] = ..., decision: _Optional[bool] = ..., model_name: _Optional[str] = ..., model_version: _Optional[str] = ..., feature_timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
