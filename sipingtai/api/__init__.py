"""The program face (接口): `/api/v1/`, for systems that report, read and move cases in an account's name."""
