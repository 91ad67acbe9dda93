"""From an uploaded file to a playable ladder: prepare → encode → finish, one file a step."""

from app.jobs import (
    CHECKSUM_VIDEO,
    COPY_VIDEO,
    ENCODE_AUDIO,
    ENCODE_CHUNK,
    FINISH_VIDEO,
    MAKE_MP4,
    PROCESS_VIDEO,
)
from app.services import job_run, job_service
from app.services.video_pipeline import encode, finish, mp4, outcome, prepare


def register() -> None:
    """Registers the work of the video jobs, and what happens to a video whose processing ends badly."""
    job_run.does(PROCESS_VIDEO, prepare.process)
    job_run.does(COPY_VIDEO, encode.copy_rest)
    job_run.does(ENCODE_AUDIO, encode.encode_audio)
    job_run.does(ENCODE_CHUNK, encode.encode_chunk)
    job_run.does(CHECKSUM_VIDEO, encode.checksum)
    job_run.does(FINISH_VIDEO, finish.finish)
    job_run.does(MAKE_MP4, mp4.make)
    job_service.when_ended(PROCESS_VIDEO, outcome.processing_ended)
    job_service.when_retried(PROCESS_VIDEO, outcome.processing_retried)
