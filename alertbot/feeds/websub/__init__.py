"""WebSub (https://www.w3.org/TR/websub/): hubs found in answers and documents, and asked."""
