"""What lies in files, as the frames of a session: a directory of pictures, or a video.

For an operator's own recordings, at the command line; a sign-in never comes this way.
"""

from liveness.recordings.directory import DirectoryRecording
from liveness.recordings.opening import Kind, kind_of, open_recording
from liveness.recordings.recording import Frame, Recording, RecordingRefused
from liveness.recordings.video import VideoRecording

__all__ = [
    "DirectoryRecording",
    "Frame",
    "Kind",
    "Recording",
    "RecordingRefused",
    "VideoRecording",
    "kind_of",
    "open_recording",
]
