"""Renders a real alert as it looks in a chat, into docs/alert.png (needs Chromium).

The message is what `alertbot preview` makes of the demo's Ain Al-Asad brief; only the chat bubble
around it is drawn here. Run: make picture
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BRIEFS = ROOT / "alertbot" / "demo" / "briefs.json"
CONFIG = ROOT / "config.example.toml"
PICTURE = ROOT / "docs" / "alert.png"
WIDTH, HEIGHT = 520, 500

PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 22px; background: #dfe8d6;
        font: 15px/1.38 "Noto Sans", "DejaVu Sans", sans-serif; }}
.bubble {{ background: #fff; border-radius: 14px 14px 14px 4px; padding: 10px 14px; width: 440px;
           box-shadow: 0 1px 1px #0002; white-space: pre-wrap; color: #111; }}
.from {{ color: #2f79b5; font-weight: 600; }}
blockquote {{ margin: 2px 0; padding: 5px 9px; border-left: 3px solid #3a8ed0;
              background: #eaf3fa; border-radius: 4px; font-size: 14px; }}
.button {{ background: #8aa07c; color: #fff; text-align: center; border-radius: 9px;
           width: 468px; padding: 8px 0; margin-top: 4px; font-size: 14px; font-weight: 600; }}
</style><div class="bubble"><span class="from">alertbot</span>
{message}</div><div class="button">Read the brief ↗</div>"""


def main() -> None:
    """Write the picture, or say what is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("tools/picture.py needs Chromium")
    preview = [sys.executable, "-m", "alertbot", "preview", str(BRIEFS), "--config", str(CONFIG)]
    lines = subprocess.run(
        [*preview, "--format", "jsonl"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    alert = next(row for row in map(json.loads, lines) if "ain-al-asad" in row["id"])
    message = alert["message"]["html"].replace("<blockquote expandable>", "<blockquote>")
    message = message.replace("\n\n<blockquote>", "\n<blockquote>")
    message = message.replace("</blockquote>\n\n", "</blockquote>\n")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "alert.html"
        page.write_text(PAGE.format(message=message), "utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += ["--no-first-run", "--disable-background-networking", "--disable-sync"]
        options += ["--disable-component-update", f"--user-data-dir={folder}/profile"]
        options += ["--force-device-scale-factor=1.5", f"--window-size={WIDTH},{HEIGHT}"]
        subprocess.run(
            [chromium, *options, f"--screenshot={PICTURE}", page.as_uri()],
            check=True,
            capture_output=True,
        )
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
